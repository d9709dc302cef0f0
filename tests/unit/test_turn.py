"""What is written in one turn of the loop leaves together, at its end, and whatever else happens then."""

import asyncio
from typing import Any

import pytest

from booking.entrypoints.http.server.write_batching import MOST, Outgoing, Turn


class Wire:
    """Of one connection, as the loop has it: what went over it, among what went over the others."""

    def __init__(self, name: str, sent: list[tuple[str, bytes]]) -> None:
        self.name = name
        self.sent = sent
        self.gone = False

    def write(self, data: bytes) -> None:
        assert not self.gone
        self.sent.append((self.name, data))

    def close(self) -> None:
        self.gone = True
        self.sent.append((self.name, b"closed"))

    def abort(self) -> None:
        self.gone = True

    def is_closing(self) -> bool:
        return self.gone


@pytest.fixture
def sent() -> list[tuple[str, bytes]]:
    return []


@pytest.fixture
def wires(sent: list[tuple[str, bytes]]) -> tuple[Any, Any]:
    return Wire("first", sent), Wire("second", sent)


@pytest.fixture
def connections(wires: tuple[Any, Any]) -> tuple[Outgoing, Outgoing]:
    turn = Turn()
    first, second = wires
    return Outgoing(first, turn), Outgoing(second, turn)


async def test_what_is_written_leaves_at_the_end_of_the_turn_once_a_connection_and_in_order(
    connections: tuple[Outgoing, Outgoing], sent: list[tuple[str, bytes]]
) -> None:
    first, second = connections
    for connection, data in ((second, b"a"), (first, b"b"), (second, b"c")):
        connection.write(data)
    assert sent == []
    await asyncio.sleep(0)
    assert sent == [("second", b"ac"), ("first", b"b")]
    first.write(b"d")
    await asyncio.sleep(0)
    assert sent[2:] == [("first", b"d")]


async def test_of_a_crowd_nobody_waits_for_the_last(sent: list[tuple[str, bytes]]) -> None:
    turn = Turn()
    wires: list[Any] = [Wire(str(number), sent) for number in range(2 * MOST + 1)]
    for number, wire in enumerate(wires):
        Outgoing(wire, turn).write(b"a")
        assert len(sent) == number // MOST * MOST
    await asyncio.sleep(0)
    assert [name for name, _ in sent] == [wire.name for wire in wires]


async def test_what_was_written_leaves_before_its_connection_is_closed_and_only_once(
    connections: tuple[Outgoing, Outgoing], sent: list[tuple[str, bytes]]
) -> None:
    first, second = connections
    second.write(b"a")
    first.write(b"b")
    first.close()
    assert first.is_closing()
    await asyncio.sleep(0)
    assert sent == [("first", b"b"), ("first", b"closed"), ("second", b"a")]


async def test_a_connection_that_ends_within_the_turn_keeps_nobody_from_their_answer(
    connections: tuple[Outgoing, Outgoing], wires: tuple[Any, Any], sent: list[tuple[str, bytes]]
) -> None:
    first, second = connections
    first.write(b"a")
    second.write(b"b")
    wires[0].abort()
    first.write(b"to nobody")
    await asyncio.sleep(0)
    assert sent == [("second", b"b")]


async def test_of_what_is_broken_off_nothing_leaves(
    connections: tuple[Outgoing, Outgoing], sent: list[tuple[str, bytes]]
) -> None:
    first, _ = connections
    first.write(b"a")
    first.abort()
    first.close()
    await asyncio.sleep(0)
    assert sent == [("first", b"closed")]
