"""Batches: who shares a statement with whom, and who waits for what."""

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import pytest

from booking.adapters.postgres.engine import batching as module
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.pool import STANDSTILL
from booking.domain.refusals import Unavailable


class Source:
    """Answers with the number of the statement, when it is let; knows nothing of "nobody"."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.let = asyncio.Event()
        self.fails = False

    async def __call__(self, keys: Sequence[str]) -> Mapping[str, str]:
        self.asked.append(list(keys))
        number = len(self.asked)
        await self.let.wait()
        if self.fails:
            raise ConnectionError
        return {key: f"{key}{number}" for key in keys if key != "nobody"}


async def settle() -> None:
    for _ in range(5 * module.STILL):
        await asyncio.sleep(0)


def asking(batches: "Batches[str, str]", keys: Sequence[str]) -> "list[asyncio.Task[str | None]]":
    return [asyncio.create_task(batches.ask(key)) for key in keys]


async def test_a_question_alone_leaves_at_once_and_gets_its_answer() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source)
    assert (await batches.ask("a"), await batches.ask("nobody")) == ("a1", None)
    assert source.asked == [["a"], ["nobody"]]


async def test_what_is_asked_at_one_instant_or_while_all_lines_are_busy_goes_together() -> None:
    source = Source()
    batches = Batches(source, lines=1)
    first = asking(batches, "ab")
    await settle()
    later = asking(batches, "acdc")
    await settle()
    assert source.asked == [["a", "b"]]
    source.let.set()
    assert await asyncio.gather(*first, *later) == ["a1", "b1", "a2", "c2", "d2", "c2"]
    assert source.asked == [["a", "b"], ["a", "c", "d"]]


async def test_a_second_statement_goes_beside_the_first_once_a_crowd_waits() -> None:
    source = Source()
    batches = Batches(source, lines=2, crowd=2)
    tasks = asking(batches, "a")
    await settle()
    tasks += asking(batches, "b")
    await settle()
    assert source.asked == [["a"]]
    tasks += asking(batches, "c")
    await settle()
    assert source.asked == [["a"], ["b", "c"]]
    source.let.set()
    assert await asyncio.gather(*tasks) == ["a1", "b2", "c2"]


async def test_whoever_comes_after_several_that_went_together_waits_for_as_many() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source, lines=1, moment=3600)
    await asyncio.gather(*asking(batches, "abc"))
    tasks = asking(batches, "de")
    await settle()
    assert source.asked == [["a", "b", "c"]]
    tasks += asking(batches, "f")
    await asyncio.gather(*tasks)
    assert source.asked == [["a", "b", "c"], ["d", "e", "f"]]


async def test_whoever_asks_the_same_is_company_too() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source, lines=1, moment=3600)
    await asyncio.gather(*asking(batches, "aaa"))
    tasks = asking(batches, "bb")
    await settle()
    assert source.asked == [["a"]]
    assert await asyncio.gather(*tasks, *asking(batches, "b")) == ["b2", "b2", "b2"]


async def test_where_a_statement_is_dear_more_are_waited_for_than_went_together_before() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source, lines=1, moment=3600, company=3)
    await asyncio.gather(*asking(batches, "ab"))
    tasks = asking(batches, "cd")
    await settle()
    assert source.asked == [["a", "b"]]
    await asyncio.gather(*tasks, *asking(batches, "e"))
    assert source.asked == [["a", "b"], ["c", "d", "e"]]


async def test_whoever_is_left_without_company_goes_after_a_moment_and_the_next_one_at_once() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source, lines=1, moment=0.001)
    await asyncio.gather(*asking(batches, "ab"))
    assert await batches.ask("c") == "c2"
    batches._moment = 3600
    assert await batches.ask("d") == "d3"
    assert source.asked == [["a", "b"], ["c"], ["d"]]


async def test_whoever_waits_for_company_may_go_away() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source, lines=1, moment=0.2)
    await asyncio.gather(*asking(batches, "ab"))
    (gone,) = asking(batches, "c")
    await settle()
    gone.cancel()
    batches.withdraw("c")
    assert await batches.ask("d") == "d2"
    assert source.asked == [["a", "b"], ["d"]]


async def test_whoever_came_first_is_answered_first_and_no_statement_grows_beyond_its_bound() -> None:
    source = Source()
    source.let.set()
    batches = Batches(source, lines=1, most=3)
    await asyncio.gather(*asking(batches, "abcdefgh"))
    assert source.asked == [["a", "b", "c"], ["d", "e", "f"], ["g", "h"]]


async def test_too_many_who_wait_are_told_at_once_and_those_in_line_are_served() -> None:
    source = Source()
    batches = Batches(source, lines=1, queue=2)
    first = asking(batches, "a")
    await settle()
    waiting = asking(batches, "bc")
    await settle()
    with pytest.raises(Unavailable):
        await batches.ask("d")
    shared = asking(batches, "b")
    source.let.set()
    assert await asyncio.gather(*first, *waiting, *shared) == ["a1", "b2", "c2", "b2"]


async def test_a_failure_is_told_to_its_batch_alone_and_the_next_asks_anew() -> None:
    source = Source()
    batches = Batches(source, lines=1)
    tasks = asking(batches, "ab")
    await settle()
    source.fails = True
    source.let.set()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(outcome) for outcome in told} == {ConnectionError}
    source.fails = False
    assert await batches.ask("a") == "a2"


async def test_whoever_goes_away_leaves_the_others_their_answer() -> None:
    source = Source()
    batches = Batches(source)
    one, other, same = asking(batches, "aba")
    await settle()
    one.cancel()
    with pytest.raises(asyncio.CancelledError):
        await one
    source.let.set()
    assert [await other, await same] == ["b1", "a1"]


async def test_nobody_has_to_hear_of_a_failure() -> None:
    source = Source()
    batches = Batches(source)
    (task,) = asking(batches, "a")
    await settle()
    task.cancel()
    source.fails = True
    source.let.set()
    await settle()
    assert task.cancelled()


async def test_in_a_queue_that_stands_still_all_who_wait_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STANDSTILL", 0.05)
    source = Source()
    batches = Batches(source, lines=1)
    (stuck,) = asking(batches, "a")
    await settle()
    told = await asyncio.gather(*asking(batches, "bc"), return_exceptions=True)
    assert {type(outcome) for outcome in told} == {Unavailable}
    (served,) = asking(batches, "d")
    await settle()
    source.let.set()
    assert (await stuck, await served) == ("a1", "d2")
    assert source.asked == [["a"], ["d"]]


async def test_in_a_queue_that_moves_one_waits_longer_but_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    now, served = 0.0, list[str]()
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now)

    async def slowly(keys: Sequence[str]) -> Mapping[str, str]:
        nonlocal now
        now += STANDSTILL / 2
        await asyncio.sleep(0)
        served.extend(keys)
        return {key: key for key in keys}

    batches = Batches(slowly, lines=1, most=1)
    told = await asyncio.gather(*asking(batches, [str(number) for number in range(40)]), return_exceptions=True)
    kept = [one for one in told if not isinstance(one, Unavailable)]
    assert 1 < len(kept) < 40
    assert kept == served  # in the order of their coming, and nothing is done for whoever was told
