"""URLs of receivers: few forms are taken, and all others are refused in the same words."""

import random
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import pytest

from booking.domain.delivery.public_addresses import NOT_PUBLIC_V4, NOT_PUBLIC_V6, Address, is_public
from booking.domain.delivery.receiver_url import MEANT, UrlRefused, read_receiver_url
from tests.support.ways_inside import NAMED, WRITTEN


@pytest.mark.parametrize("url", WRITTEN, ids=repr)
@pytest.mark.parametrize("loopback", [False, True])
def test_every_way_inside_is_refused_in_the_same_words(url: str, loopback: bool) -> None:
    if loopback and url.startswith(("http://127.0.0.1", "http://localhost", "http://[::1]")):
        assert read_receiver_url(url, loopback=True).loopback
        return
    with pytest.raises(UrlRefused) as refused:
        read_receiver_url(url, loopback=loopback)
    assert str(refused.value) == MEANT


def test_there_are_more_than_sixty_ways() -> None:
    assert len(set(WRITTEN)) == len(WRITTEN)
    assert len(WRITTEN) + len(NAMED) > 120


@pytest.mark.parametrize(
    ("url", "host", "address", "port", "target"),
    [
        ("https://example.com", "example.com", None, 443, "/"),
        ("https://example.com?a[]=1", "example.com", None, 443, "/?a[]=1"),
        ("https://example.com:443/", "example.com", None, 443, "/"),
        (
            "https://Hooks.Example.com:8443/a/b%20c;d@e?x=1&y=?/",
            "hooks.example.com",
            None,
            8443,
            "/a/b%20c;d@e?x=1&y=?/",
        ),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", None, 443, "/"),
        ("https://example.xn--p1ai/", "example.xn--p1ai", None, 443, "/"),
        ("https://1.1.1.1/hook", "1.1.1.1", "1.1.1.1", 443, "/hook"),
        ("https://[2606:4700::1111]:8443/", "2606:4700::1111", "2606:4700::1111", 8443, "/"),
    ],
)
def test_a_url_is_read_into_its_parts(url: str, host: str, address: str | None, port: int, target: str) -> None:
    read = read_receiver_url(url)
    assert (read.text, read.scheme, read.host, read.port, read.target) == (url, "https", host, port, target)
    assert read.address == (None if address is None else ip_address(address))
    assert not read.loopback
    assert read_receiver_url("https://example.com/" + "a" * 2028).target == "/" + "a" * 2028


@pytest.mark.parametrize(
    ("url", "address", "port"),
    [
        ("http://127.0.0.1:3000/hook", "127.0.0.1", 3000),
        ("http://127.0.0.1/hook", "127.0.0.1", 80),
        ("http://[::1]:65535/hook", "::1", 65535),
        ("http://localhost:3000/hook", None, 3000),
    ],
)
def test_a_developers_own_machine_is_reached_by_http_where_that_is_allowed(
    url: str, address: str | None, port: int
) -> None:
    read = read_receiver_url(url, loopback=True)
    assert (read.scheme, read.address, read.port, read.target, read.loopback) == (
        "http",
        None if address is None else ip_address(address),
        port,
        "/hook",
        True,
    )
    assert [read.may_reach(ip_address(one)) for one in ("127.0.0.1", "::1", "127.0.0.2", "10.0.0.1", "1.1.1.1")] == [
        True,
        True,
        False,
        False,
        False,
    ]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:65536/",
        "http://127.0.0.2:3000/",
        "http://127.1:3000/",
        "http://10.0.0.1:3000/",
        "http://[::ffff:127.0.0.1]:3000/",
        "http://user@localhost:3000/",
        "http://localhost:3000/#x",
        "http://example.com:3000/",
        "https://localhost:3000/",
        "https://127.0.0.1/",
    ],
)
def test_allowing_this_machine_allows_nothing_else(url: str) -> None:
    with pytest.raises(UrlRefused):
        read_receiver_url(url, loopback=True)


def test_a_name_may_reach_public_addresses_alone() -> None:
    read = read_receiver_url("https://example.com/")
    assert read.may_reach(ip_address("93.184.215.14"))
    assert read.may_reach(ip_address("2606:4700::1111"))
    for name, addresses in NAMED.items():
        assert name == "none" or not all(read.may_reach(ip_address(one)) for one in addresses), name


def _edges(network: IPv4Network | IPv6Network) -> list[Address]:
    """First and last address of a network."""
    return [network[0], network[-1]]


def _around(network: IPv4Network | IPv6Network) -> list[Address]:
    """The neighbours before and after it."""
    kind = IPv4Address if network.version == 4 else IPv6Address
    ends = (int(network[0]) - 1, int(network[-1]) + 1)
    return [kind(one) for one in ends if 0 <= one < 2**network.max_prefixlen]


LISTED: tuple[IPv4Network | IPv6Network, ...] = (*NOT_PUBLIC_V4, *NOT_PUBLIC_V6)


@pytest.mark.search
def test_no_address_is_public_that_the_standard_library_takes_for_special() -> None:
    chance = random.Random(28)
    somewhere: list[Address] = [edge for network in LISTED for edge in (*_edges(network), *_around(network))]
    somewhere += [IPv4Address(chance.getrandbits(32)) for _ in range(20_000)]
    somewhere += [IPv6Address(chance.getrandbits(128)) for _ in range(20_000)]
    somewhere += [IPv6Address(1 << 125 | chance.getrandbits(125)) for _ in range(20_000)]
    public = [one for one in somewhere if is_public(one)]
    assert [one for one in public if not one.is_global or one.is_multicast] == []
    assert len(public) > 30_000


def test_no_more_is_refused_than_is_listed() -> None:
    assert [edge for network in LISTED for edge in _edges(network) if is_public(edge)] == []
    beside = "9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 128.0.0.0 172.15.0.0 172.32.0.0 168.63.129.15"
    beside += " 168.63.129.17 192.0.1.0 223.255.255.255 2001:200:: 2001:db7:ffff:: 2001:db9:: 2003:: 3fff:1000::"
    assert [one for one in beside.split() if not is_public(ip_address(one))] == []


REGISTERED = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24
    203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32 ::/128 ::1/128 ::ffff:0:0/96 ::/96 64:ff9b::/96
    64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128 2001:1::2/128 2001:1::3/128
    2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16
    2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""
"""Networks of IANA's registries of special-purpose addresses, and those that are special by RFC 4291 and 3879."""


@pytest.mark.parametrize("network", REGISTERED.split())
def test_each_network_that_is_registered_for_something_special_is_refused(network: str) -> None:
    assert [edge for edge in _edges(ip_network(network)) if is_public(edge)] == []
