"""Metrics: counted at the end of a turn, told only where they are known, and each of them in the docs."""

import asyncio

from prometheus_client import REGISTRY, generate_latest
from prometheus_client.registry import CollectorRegistry

from booking.entrypoints.jobs import Once, _Holder, keep
from booking.metrics import catalogue, record
from booking.metrics.exposition import Known
from booking.metrics.instruments import CATALOGUE
from booking.service.ports import Lease
from tests.builders import HOUR
from tests.fakes.leases import MemoryLeases
from tests.fakes.state import State, real_time
from tools.metrics_page import BETWEEN, PAGE, table


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("booking_batch_size_count", {"kind": kind}) or 0.0


def told() -> list[str]:
    """Return the lines that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(Known(REGISTRY))
    return generate_latest(registry).decode().splitlines()


async def test_what_happens_in_one_turn_is_counted_at_its_end() -> None:
    before = counted("turn")
    record.batch("turn", 1)
    record.batch("turn", 2)
    assert counted("turn") == before
    await asyncio.sleep(0)
    assert counted("turn") == before + 2


async def test_what_comes_and_goes_within_a_turn_changes_nothing() -> None:
    record.change(catalogue.pool_waiting, +1)
    record.change(catalogue.pool_waiting, -1)
    record.count(catalogue.cache, "pages", "turn")
    await asyncio.sleep(0)
    assert 'booking_cache_looks_total{cache="pages",outcome="turn"} 1.0' in told()


def test_a_loop_that_ended_before_it_could_count_leaves_that_to_the_next() -> None:
    before = counted("ended")

    async def happens() -> None:
        record.batch("ended", 1)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(happens())
    loop.call_soon(record.batch, "ended", 1)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    asyncio.run(happens())
    asyncio.run(happens())
    assert counted("ended") >= before + 3


async def test_what_a_failing_loop_tells_goes_away_and_comes_again() -> None:
    stop, seen = asyncio.Event(), list[list[str]]()
    script: list[int | OSError] = [1, OSError(), 0]

    async def step() -> int:
        seen.append(
            [
                line
                for line in told()
                if line.startswith(("booking_queue_dead_letters ", 'booking_loop_failing{loop="a"'))
            ]
        )
        word = script.pop(0)
        if isinstance(word, OSError):
            raise word
        catalogue.queue_dead.set(word)
        if not script:
            stop.set()
        return 1

    await keep("a", step, stop, idle=0, first_pause=0.0001, tells=(catalogue.queue_dead,))
    assert seen[1:] == [
        ["booking_queue_dead_letters 1.0", 'booking_loop_failing{loop="a"} 0.0'],
        ['booking_loop_failing{loop="a"} 1.0'],
    ]
    assert 'booking_loop_failing{loop="a"} 0.0' in told()


async def test_what_one_process_of_all_tells_goes_away_where_it_is_not_that_one() -> None:
    async def step(_: Lease) -> int:
        catalogue.breaches.set(1)
        return 1

    state = State()
    holder = _Holder(Once("review", step, idle=10, tells=(catalogue.breaches,)), MemoryLeases(state))
    await holder.step()
    assert "booking_audit_breaches 1.0" in told()
    state.leases["review"] = (7, real_time() + HOUR)
    await holder.step()
    assert [line for line in told() if line.startswith("booking_audit_breaches ")] == []


def test_the_docs_have_each_metric_and_each_label() -> None:
    """`python -m tools.metrics_page` writes them anew."""
    assert BETWEEN.findall(PAGE.read_text(encoding="utf-8")) == [table()]
    assert {label for one in CATALOGUE.values() for label in one.labels} == catalogue.LABELS.keys()
