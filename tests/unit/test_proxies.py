"""Addresses of callers, as far as trusted proxies tell them."""

import pytest

from booking.config.proxies import InvalidNetwork, TrustedProxies, read_network

PROXIES = TrustedProxies(map(read_network, ("10.0.0.0/8", "2001:db8:1::/48")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "caller"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", [b"198.51.100.7"], "192.0.2.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", [b"198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [b"6.6.6.6, 198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [b"6.6.6.6", b"198.51.100.7"], "198.51.100.7"),
        ("10.0.0.1", [b"6.6.6.6, 198.51.100.7, 10.1.1.1"], "198.51.100.7"),
        ("10.0.0.1", [b"198.51.100.7:4711"], "198.51.100.7"),
        ("10.0.0.1", [b"10.2.2.2, 10.1.1.1"], "10.2.2.2"),
        ("10.0.0.1", [b"6.6.6.6, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [b"\xff"], "10.0.0.1"),
        ("10.0.0.1", [b""], "10.0.0.1"),
        ("::ffff:10.0.0.1", [b"::ffff:198.51.100.7"], "198.51.100.7"),
        ("2001:db8:1::5", [b"[2001:db8:2:3:4::5]:443"], "2001:db8:2:3::/64"),
        ("2001:db8:1::5", [b"2001:db8:2:3:ffff::5"], "2001:db8:2:3::/64"),
        ("testclient", [b"198.51.100.7"], "unknown"),
        (None, [b"198.51.100.7"], "unknown"),
    ],
)
def test_the_last_address_that_no_trusted_proxy_has_is_the_callers(
    peer: str | None, forwarded: list[bytes], caller: str
) -> None:
    assert PROXIES.caller(peer, forwarded) == caller


@pytest.mark.parametrize("text", ["", "10.0.0.1/8", "10.0.0.0/33", "proxy.example.com", "*"])
def test_a_network_is_written_plainly(text: str) -> None:
    with pytest.raises(InvalidNetwork):
        read_network(text)
