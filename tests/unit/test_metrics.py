"""What happens in one turn of the loop is counted at its end."""

import asyncio

from prometheus_client import REGISTRY

from booking import metrics


def counted(kind: str) -> float:
    return REGISTRY.get_sample_value("booking_batch_size_count", {"kind": kind}) or 0.0


async def test_what_happens_in_one_turn_is_counted_at_its_end() -> None:
    before = counted("turn")
    metrics.batch("turn", 1)
    metrics.batch("turn", 2)
    assert counted("turn") == before
    await asyncio.sleep(0)
    assert counted("turn") == before + 2


def test_a_loop_that_ended_before_it_could_count_leaves_that_to_the_next() -> None:
    before = counted("ended")

    async def told() -> None:
        metrics.batch("ended", 1)

    loop = asyncio.new_event_loop()
    loop.run_until_complete(told())
    loop.call_soon(metrics.batch, "ended", 1)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    asyncio.run(told())
    asyncio.run(told())
    assert counted("ended") >= before + 3
