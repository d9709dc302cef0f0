"""URLs of receivers outside: the few forms in which one may be given (ADR 74)."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from booking.domain.delivery.public_addresses import Address, is_public
from booking.domain.values import Value

LONGEST = 2048  # characters
PORTS = (443, 8443)
LARGEST_PORT = 65_535
LOCAL_NAMES = (
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
)
"""Last labels of names that mean something within a network only: RFC 6761, 6762 and 8375, and ICANN's
lists of names for private use and of names that collide."""

MEANT = f"must be an https URL of a public host, on port {PORTS[0]} or {PORTS[1]}, without credentials or a fragment"
"""Words about each URL that is refused. Why the same for all: so they tell nothing of a network's inside."""

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9a-f:.]+\])(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*)?"
    r"(?:\?(?:[A-Za-z0-9._~!$&'()*+,;=:@/?\[\]-]|%[0-9A-Fa-f]{2})*)?)"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LAST_LABEL = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9]")
OWN_ADDRESSES: tuple[Address, ...] = (IPv4Address("127.0.0.1"), IPv6Address("::1"))
_OWN = {"127.0.0.1": OWN_ADDRESSES[0], "[::1]": OWN_ADDRESSES[1], "localhost": None}
_DEFAULT_PORTS = {"http": 80, "https": 443}


class UrlRefused(ValueError):
    """The text is no URL that a receiver may have."""


class ReceiverUrl(Value, kw_only=True):
    """URL of a receiver, in parts. `address`: the host, where it is no name. `loopback`: a developer's own."""

    text: str
    scheme: Literal["http", "https"]
    host: str
    address: Address | None
    port: int
    target: str
    loopback: bool

    @property
    def authority(self) -> str:
        """Host and port, as the header `Host` has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    def may_reach(self, address: Address) -> bool:
        """Whether this address may be connected to for it."""
        return address in OWN_ADDRESSES if self.loopback else is_public(address)


def read_receiver_url(text: str, *, loopback: bool = False) -> ReceiverUrl:
    """Read a URL; UrlRefused. With `loopback` also one of this machine by http, on any port."""
    found = _URL.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise UrlRefused(MEANT)
    scheme, host = found["scheme"], found["host"].lower()
    port = int(found["port"] or _DEFAULT_PORTS[scheme])
    own = loopback and scheme == "http" and host in _OWN and port <= LARGEST_PORT
    if not own and (scheme != "https" or port not in PORTS or not (_is_name(host) or _is_public_literal(host))):
        raise UrlRefused(MEANT)
    target = found["target"] if found["target"].startswith("/") else f"/{found['target']}"
    return ReceiverUrl(
        text=text,
        scheme="https" if scheme == "https" else "http",
        host=host.strip("[]"),
        address=_OWN[host] if own else None if _is_name(host) else ip_address(host.strip("[]")),
        port=port,
        target=target,
        loopback=own,
    )


def _is_name(host: str) -> bool:
    """Whether it is a name of several labels that can be looked up outside."""
    *others, last = host.split(".")
    return (
        bool(others)
        and len(host) <= 253
        and all(_LABEL.fullmatch(label) for label in others)
        and _LAST_LABEL.fullmatch(last) is not None
        and last not in LOCAL_NAMES
    )


def _is_public_literal(host: str) -> bool:
    """Whether it is a public address, in the one form that has no other reading."""
    text = host.strip("[]")
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return str(address) == text and (address.version == 6) == host.startswith("[") and is_public(address)
