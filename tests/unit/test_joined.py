"""Head and body leave in one write, and nothing stays behind."""

import asyncio
from typing import cast

import pytest

from booking.entrypoints.http.joined import Joined

HEAD = b"HTTP/1.1 200 \r\n\r\n"


class Transport:
    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False
        self.is_closing = self.get_extra_info = self.pause_reading = self.resume_reading = self.abort = None

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def transport() -> Transport:
    return Transport()


@pytest.fixture
def joined(transport: Transport) -> Joined:
    return Joined(cast("asyncio.Transport", transport))


def test_a_head_waits_for_its_body(joined: Joined, transport: Transport) -> None:
    joined.write(HEAD)
    assert transport.written == []
    joined.write(b"body")
    joined.write(b"more")
    assert transport.written == [HEAD + b"body", b"more"]


def test_a_head_without_a_body_leaves_with_the_end_of_its_answer(joined: Joined, transport: Transport) -> None:
    joined.write(HEAD)
    joined.flush()
    joined.flush()
    assert transport.written == [HEAD]


def test_a_head_leaves_before_the_next_one_and_before_the_end(joined: Joined, transport: Transport) -> None:
    joined.write(HEAD)
    joined.write(HEAD)
    assert transport.written == [HEAD]
    joined.close()
    assert (transport.written, transport.closed) == ([HEAD, HEAD], True)


def test_who_waits_for_a_word_before_sending_a_body_gets_it_at_once(joined: Joined, transport: Transport) -> None:
    joined.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert transport.written == [b"HTTP/1.1 100 Continue\r\n\r\n"]
