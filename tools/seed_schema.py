"""Schema of seeds: write docs/seed.schema.json anew, of the types that read a seed."""

from pathlib import Path

import msgspec

from booking.entrypoints.dev.seed import Seed

FILE = Path(__file__).parent.parent / "docs" / "seed.schema.json"


def schema() -> bytes:
    described = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Seed",
        **msgspec.json.schema(Seed),
    }
    return msgspec.json.format(msgspec.json.encode(described)) + b"\n"


if __name__ == "__main__":
    FILE.write_bytes(schema())
