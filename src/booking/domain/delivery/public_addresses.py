"""Public addresses: all that may be connected to for others. The list of what is none is our own (ADR 74).

Sources: IANA's registries of special-purpose addresses and of the IPv6 address space, and beside each network its RFC.
Why no library's word: `ipaddress` changes with Python's releases, and has other questions in mind.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this host on this network: RFC 791
        "10.0.0.0/8",  # private: RFC 1918
        "100.64.0.0/10",  # shared behind a carrier's NAT: RFC 6598; Alibaba's metadata (100.100.100.200)
        "127.0.0.0/8",  # loopback: RFC 1122
        "168.63.129.16/32",  # Azure's platform, within each of its virtual networks: Microsoft
        "169.254.0.0/16",  # link-local: RFC 3927; metadata of AWS, Azure, Google (169.254.169.254)
        "172.16.0.0/12",  # private: RFC 1918
        "192.0.0.0/24",  # protocol assignments: RFC 6890; Oracle's metadata (192.0.0.192)
        "192.0.2.0/24",  # documentation: RFC 5737
        "192.31.196.0/24",  # AS112, answered by whoever is nearest: RFC 7535
        "192.52.193.0/24",  # AMT, relays of multicast: RFC 7450
        "192.88.99.0/24",  # 6to4 relays: RFC 7526
        "192.168.0.0/16",  # private: RFC 1918
        "192.175.48.0/24",  # AS112: RFC 7534
        "198.18.0.0/15",  # benchmarking: RFC 2544
        "198.51.100.0/24",  # documentation: RFC 5737
        "203.0.113.0/24",  # documentation: RFC 5737
        "224.0.0.0/4",  # multicast: RFC 5771
        "240.0.0.0/4",  # reserved: RFC 1112; the last one is broadcast: RFC 919
    )
)

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out to networks. So these are none: unspecified, loopback, IPv4-compatible and -mapped
(RFC 4291), NAT64 (64:ff9b::/96, RFC 6052, and 64:ff9b:1::/48, RFC 8215), discard and dummy (100::/64, RFC 6666, and
100:0:0:1::/64, RFC 9780), SRv6 (5f00::/16, RFC 9602), unique local (fc00::/7, RFC 4193), link-local (fe80::/10, RFC
4291), site-local (fec0::/10, RFC 3879), multicast (ff00::/8, RFC 4291), and what IANA keeps."""

NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: RFC 2928; Teredo, benchmarking, AMT, AS112, ORCHID, drones' tags
        "2001:db8::/32",  # documentation: RFC 3849
        "2002::/16",  # 6to4, which has an IPv4 address within: RFC 3056
        "2620:4f:8000::/48",  # AS112: RFC 7534
        "3fff::/20",  # documentation: RFC 9637
    )
)

ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""Upper half of an interface's id that has an IPv4 address within: RFC 5214."""


def is_public(address: Address) -> bool:
    """Whether a host on the internet may have it, and no gateway makes another address of it."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in NOT_PUBLIC_V4)
    return (
        address.scope_id is None
        and address in GLOBAL_UNICAST
        and not any(address in network for network in NOT_PUBLIC_V6)
        and int(address) >> 32 & 0xFFFF_FFFF not in ISATAP
    )
