"""Flights: what is asked at the same time is asked once, and nobody gets an answer older than their question."""

import asyncio

import pytest

from booking.adapters.postgres.flights import Flights


class Source:
    """Answers with the number of the question, when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.let = asyncio.Event()
        self.fails = False

    async def __call__(self, key: str) -> str:
        self.asked += 1
        answer = f"{key}{self.asked}"
        await self.let.wait()
        if self.fails:
            raise ConnectionError
        return answer


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_those_who_come_while_an_answer_is_under_way_share_the_next() -> None:
    source = Source()
    flights = Flights(source)
    first = asyncio.create_task(flights.ask("a"))
    await settle()
    later = [asyncio.create_task(flights.ask("a")) for _ in range(100)]
    await settle()
    assert source.asked == 1
    source.let.set()
    assert await first == "a1"
    assert set(await asyncio.gather(*later)) == {"a2"}
    assert await flights.ask("a") == "a3"


async def test_other_questions_do_not_wait() -> None:
    source = Source()
    flights = Flights(source)
    asking = [asyncio.create_task(flights.ask(key)) for key in "ab"]
    await settle()
    assert source.asked == 2
    source.let.set()
    assert await asyncio.gather(*asking) == ["a1", "b2"]


async def test_a_failure_is_told_to_all_who_asked_and_the_next_asks_anew() -> None:
    source = Source()
    flights = Flights(source)
    source.fails = True
    source.let.set()
    outcomes = await asyncio.gather(*(flights.ask("a") for _ in range(3)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {ConnectionError}
    source.fails = False
    assert await flights.ask("a") == "a2"


async def test_whoever_goes_away_leaves_the_others_their_answer() -> None:
    source = Source()
    flights = Flights(source)
    one, other = (asyncio.create_task(flights.ask("a")) for _ in range(2))
    await settle()
    one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await one
    source.let.set()
    assert await other == "a1"
