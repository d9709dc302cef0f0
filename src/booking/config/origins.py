"""Origins of web pages that may call from a browser, one `*` within a label for previews."""

import re
from collections.abc import Iterable

from booking.config.variables import InvalidValue

FORM = "an origin like https://app.example.com, or with one * within a label: https://estate-*-team.vercel.app"

_ORIGIN = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*|\[[0-9a-f:.]+\])(?::(?P<port>\d{1,5}))?/?"
)
_PORTS = {"http": "80", "https": "443"}


class InvalidOrigin(InvalidValue):
    """The text is no origin, or stands for pages of unrelated owners; the message says which."""


class Origins:
    """The configured origins, as `read_origin` gives them. A browser's `Origin` is matched whole."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._patterns = [re.compile(re.escape(origin).replace(r"\*", "[a-z0-9-]+")) for origin in origins]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def allow(self, origin: str) -> bool:
        return any(pattern.fullmatch(origin) for pattern in self._patterns)


def read_origin(text: str) -> str:
    """Return an origin in the form that browsers send it in; InvalidOrigin."""
    found = _ORIGIN.fullmatch(text.lower())
    if found is None or int(found["port"] or 0) > 65_535:
        raise InvalidOrigin(f"is not {FORM}")
    if "*" in found["host"]:
        _require_own(found["host"])
    port = "" if found["port"] in (None, _PORTS[found["scheme"]]) else f":{int(found['port'])}"
    return f"{found['scheme']}://{found['host']}{port}"


def _require_own(host: str) -> None:
    """Raise InvalidOrigin unless the `*` leaves names that have something of their owner's.

    Why: everybody can get a name below a public suffix (`com`, and `vercel.app` too, by the Public Suffix List).
    """
    if host.count("*") > 1:
        raise InvalidOrigin("has more than one *")
    before, after = host.split("*")
    end, _, rest = after.partition(".")
    fixed = before.rpartition(".")[2] + end
    from publicsuffixlist import PublicSuffixList  # 15,000 rules, which few configurations need

    if not rest or PublicSuffixList(only_icann=True).is_public(rest):
        raise InvalidOrigin("stands for names that anybody can register")
    if not fixed.strip("-") and PublicSuffixList().is_public(rest):
        raise InvalidOrigin(f"stands for everybody's pages at {rest}: add what your own have in common beside the *")
