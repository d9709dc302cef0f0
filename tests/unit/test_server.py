"""The socket that the server listens on."""

import socket

import pytest

from booking.entrypoints.http.server.server import AddressTaken, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_it_is_told_to_be_tcp_so_that_asyncio_sends_answers_at_once(host: str) -> None:
    """asyncio sets TCP_NODELAY only on sockets that say their protocol; without, each answer waited 40 ms."""
    with listen(host, 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
        assert listener.getsockname()[1] > 0


def test_a_taken_address_is_named_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressTaken, match=rf"^cannot listen on 127\.0\.0\.1:{port} .*: free that port or choose"):
            listen("127.0.0.1", port)
