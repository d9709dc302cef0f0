"""Proxies in front of the service: only their word counts for the address of a caller."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from booking.config.variables import InvalidValue

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

UNKNOWN = "unknown"
"""Address of callers on a socket that has none."""

_WITH_PORT = re.compile(r"(?P<v4>[0-9.]+):[0-9]{1,5}|\[(?P<v6>[0-9a-fA-F:.]+)\](?::[0-9]{1,5})?")


class InvalidNetwork(InvalidValue):
    """The text is no address and no network."""


def read_network(text: str) -> Network:
    """Return a network, or an address as the network of one; InvalidNetwork."""
    try:
        return ip_network(text)
    except ValueError:
        raise InvalidNetwork("is not an address or a network, such as 10.0.0.0/8") from None


class TrustedProxies:
    def __init__(self, networks: Iterable[Network] = ()) -> None:
        self._networks = tuple(networks)

    def caller(self, peer: str | None, forwarded: Sequence[bytes]) -> str:
        """Return the address of a caller, an IPv6 one as its /64 network.

        It is the last address in X-Forwarded-For that no trusted proxy has. Why: callers can write all before it.
        """
        address = _read(peer or "")
        if address is None:
            return UNKNOWN
        hops = b",".join(forwarded).decode("latin-1").split(",") if forwarded else []
        while hops and self._trusts(address):
            hop = _read(hops.pop().strip())
            if hop is None:
                break
            address = hop
        if isinstance(address, IPv6Address):
            return str(IPv6Network((int(address), 64), strict=False))
        return str(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)


def _read(text: str) -> Address | None:
    if found := _WITH_PORT.fullmatch(text):
        text = found["v4"] or found["v6"]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address
