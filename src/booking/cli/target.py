"""The database that a command is about to change, in words that hold no secret."""

import os
from urllib.parse import parse_qs, unquote, urlsplit


def tell_target(url: str) -> None:
    """Say on which database something is about to be changed, before it is."""
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    place = parts.netloc.rpartition("@")[2]
    if not place:
        host = asked.get("host") or os.environ.get("PGHOST") or "localhost"
        place = f"{host}:{asked.get('port') or os.environ.get('PGPORT') or 5432}"
    elif place.endswith("]") or ":" not in place.rpartition("]")[2]:
        place = f"{place}:{asked.get('port') or os.environ.get('PGPORT') or 5432}"
    name = unquote(parts.path.lstrip("/")) or asked.get("dbname") or asked.get("database")
    name = name or os.environ.get("PGDATABASE") or asked.get("user") or unquote(parts.username or "")
    print(f"on database {name} at {unquote(place)}", flush=True)
