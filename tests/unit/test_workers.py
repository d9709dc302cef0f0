"""The runner of the background loops."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from botocore.exceptions import ClientError
from structlog.testing import capture_logs

from booking.entrypoints import jobs as module
from booking.entrypoints.jobs import Job, Once, Workers, keep, log_fields
from booking.service.ports import Lease
from tests.builders import HOUR
from tests.fakes.leases import MemoryLeases
from tests.fakes.state import State, real_time


class Step:
    """Does what it is told, one word a call: how much it did, or what it raises; then it asks to stop."""

    def __init__(self, stop: asyncio.Event, *script: int | BaseException) -> None:
        self.stop, self.script, self.calls = stop, list(script), 0

    async def __call__(self) -> int:
        self.calls += 1
        word = self.script.pop(0)
        if not self.script:
            self.stop.set()
        if isinstance(word, BaseException):
            raise word
        return word


async def test_a_loop_steps_on_while_there_is_work_and_idles_when_there_is_none() -> None:
    stop = asyncio.Event()
    step = Step(stop, 3, 0, 1)
    await keep("worker", step, stop, idle=0.001)
    assert step.calls == 3


async def test_after_work_it_lets_more_of_it_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = asyncio.Event()
    pauses: list[float] = []

    async def note(_: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(module, "_wait", note)
    await keep("worker", Step(stop, 1, 0, 2), stop, idle=7, busy=3)
    assert pauses == [3, 7, 3]


async def test_a_failing_step_never_ends_the_loop_and_is_told_once_a_change_of_state() -> None:
    stop = asyncio.Event()
    step = Step(stop, ValueError(), ValueError("secret"), OSError(), 1, RuntimeError(), 0)
    with capture_logs() as lines:
        await keep("worker", step, stop, idle=0, first_pause=0.0001)
    assert step.calls == 6
    told = [(line["event"], line.get("error"), line.get("failures")) for line in lines]
    assert told == [
        ("worker failing", "ValueError", None),
        ("worker working again", None, 3),
        ("worker failing", "RuntimeError", None),
        ("worker working again", None, 1),
    ]
    assert "secret" not in str(lines)


async def test_pauses_grow_with_each_failure_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that is down is not hammered."""
    stop = asyncio.Event()
    pauses: list[float] = []

    async def note(_: asyncio.Event, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(module, "_wait", note)
    await keep("worker", Step(stop, *[OSError() for _ in range(12)]), stop, idle=0)
    assert all(0.25 <= pause <= 0.5 for pause in pauses[:1])
    assert all(later > sooner for sooner, later in zip(pauses[:5:2], pauses[2:7:2], strict=True))
    assert all(15 <= pause <= 30 for pause in pauses[7:])


@pytest.mark.parametrize(("chance", "pauses"), [(0.0, [0.25, 0.5, 1.0]), (1.0, [0.5, 1.0, 2.0])])
async def test_pauses_differ_by_chance_so_that_many_do_not_come_back_at_once(
    monkeypatch: pytest.MonkeyPatch, chance: float, pauses: list[float]
) -> None:
    """Starting at half a second, by half of it at the most."""
    stop = asyncio.Event()
    paused: list[float] = []

    async def note(_: asyncio.Event, seconds: float) -> None:
        paused.append(seconds)

    monkeypatch.setattr(module, "_wait", note)
    monkeypatch.setattr(random, "random", lambda: chance)
    await keep("worker", Step(stop, OSError(), OSError(), OSError()), stop, idle=0)
    assert paused == pauses


async def test_stopping_lets_the_step_in_flight_finish_and_wakes_the_idle() -> None:
    inside, finish = asyncio.Event(), asyncio.Event()
    finished: list[str] = []

    async def busy() -> int:
        inside.set()
        await finish.wait()
        finished.append("busy")
        return 1

    async def idle() -> int:
        return 0

    workers = Workers()
    workers.add(Job("busy", busy, idle=60))
    workers.add(Job("idle", idle, idle=60))
    with capture_logs() as lines:
        async with workers:
            await inside.wait()
            workers.stop()
            finish.set()
    assert (finished, lines) == (["busy"], [])


async def test_a_step_that_does_not_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENDING", 0.01)
    workers = Workers()
    forever = asyncio.Event()

    async def stuck() -> int:
        await forever.wait()
        return 1

    workers.add(Job("stuck", stuck, idle=0))
    with capture_logs() as lines:
        async with workers:
            await asyncio.sleep(0)
    assert [line["event"] for line in lines] == ["worker cut off"]


async def test_a_step_that_holds_on_when_cut_off_does_not_hold_the_end_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ENDING", 0.01)
    monkeypatch.setattr(module, "CUTTING", 0.01)
    workers = Workers()
    let_go, held = asyncio.Event(), asyncio.Event()

    async def holding() -> int:
        try:
            await asyncio.Event().wait()
        finally:
            await let_go.wait()
            held.set()
        return 0

    workers.add(Job("holding", holding, idle=0))
    async with workers:
        await asyncio.sleep(0)
    assert not held.is_set()
    let_go.set()
    await held.wait()


async def test_no_loop_runs_on_when_the_end_itself_is_cut_off() -> None:
    workers = Workers()
    inside, cut = asyncio.Event(), asyncio.Event()

    async def stuck() -> int:
        inside.set()
        try:
            await asyncio.Event().wait()
        finally:
            cut.set()
        return 0

    async def block() -> None:
        async with workers:
            await inside.wait()
        raise AssertionError("the end was to be cut off")

    workers.add(Job("stuck", stuck, idle=0))
    ending = asyncio.create_task(block())
    await inside.wait()
    await asyncio.sleep(0)
    ending.cancel()
    await asyncio.wait([ending])
    assert (ending.cancelled(), cut.is_set()) == (True, True)


async def test_something_cancelled_within_a_step_does_not_end_the_loop() -> None:
    """Only a loop that is cancelled itself ends."""
    stop = asyncio.Event()
    step = Step(stop, asyncio.CancelledError(), 1)
    with capture_logs() as lines:
        await keep("worker", step, stop, idle=0, first_pause=0.0001)
    assert [(line["event"], line.get("error")) for line in lines] == [
        ("worker failing", "CancelledError"),
        ("worker working again", None),
    ]


async def test_a_cancelled_loop_ends_whatever_its_step_makes_of_it() -> None:
    inside = asyncio.Event()

    async def step() -> int:
        inside.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError from None
        return 0

    loop = asyncio.create_task(keep("worker", step, asyncio.Event(), idle=0))
    await inside.wait()
    loop.cancel()
    await asyncio.wait([loop])
    assert loop.cancelled()


def test_a_failure_at_aws_is_told_with_its_code_and_none_with_its_message() -> None:
    error = ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "ReceiveMessage")
    assert log_fields(error) == {"error": "ClientError", "code": "AccessDenied"}
    assert log_fields(ValueError("secret")) == {"error": "ValueError"}


async def test_no_loops_start_and_end_at_once() -> None:
    async with Workers():
        pass


async def test_a_job_of_the_cluster_is_one_process_s_until_that_ends() -> None:
    state = State()
    steps: list[tuple[str, int]] = []
    stepped = asyncio.Event()

    def process(name: str) -> Workers:
        async def step(lease: Lease) -> int:
            steps.append((name, lease.token))
            stepped.set()
            return 1

        workers = Workers(leases=MemoryLeases(state))
        workers.add(Once("job", step, idle=0.001))
        return workers

    async with process("first"):
        await stepped.wait()
        async with process("second"):
            for _ in range(20):
                await asyncio.sleep(0)
            assert set(steps) == {("first", 1)}
    steps.clear()
    stepped.clear()
    async with process("third"):
        await stepped.wait()
    assert set(steps) == {("third", 2)}, "at once: the first gave it back"


async def test_a_job_of_the_cluster_rests_while_its_lease_is_another_s() -> None:
    state = State()
    leases = MemoryLeases(state)
    done: list[Lease] = []

    async def step(lease: Lease) -> int:
        done.append(lease)
        return 1

    holder = module._Holder(Once("job", step, idle=10), leases)
    assert await holder.step() == 1
    state.leases["job"] = (7, real_time() + HOUR)
    assert [await holder.step() for _ in range(2)] == [0, 0]
    state.leases["job"] = (7, real_time())
    assert await holder.step() == 1
    assert [lease.token for lease in done] == [1, 8]
    with pytest.raises(TypeError, match="job needs leases"):
        Workers().add(Once("job", step, idle=1))


async def test_a_job_of_the_cluster_ends_before_it_gives_its_lease_back() -> None:
    state = State()
    held: list[bool] = []

    async def step(_: Lease) -> int:
        return 1

    async def end() -> None:
        held.append(state.leases["job"][1] > real_time())

    holder = module._Holder(Once("job", step, idle=10, end=end), MemoryLeases(state))
    await holder.step()
    await holder.end()
    assert (held, state.leases["job"][1] > real_time()) == ([True], False)


def test_a_lease_lasts_longer_than_from_step_to_step() -> None:
    async def step(_: Lease) -> int:
        return 0

    for idle in (0.1, 10.0, 60.0, 86_400.0):
        assert Once("job", step, idle=idle).lasting.total_seconds() > 1.9 * idle


@pytest.mark.parametrize(("apart", "expected"), [(None, "ab"), (False, "a"), (True, "b")], ids=str)
async def test_a_job_apart_runs_in_the_process_for_it_alone_where_one_is(apart: bool | None, expected: str) -> None:
    ran: set[str] = set()

    def step(name: str) -> Callable[[], Awaitable[int]]:
        async def work() -> int:
            ran.add(name)
            return 0

        return work

    workers = Workers()
    workers.apart = apart
    workers.add(Job("beside requests", step("a"), idle=10))
    workers.add(Job("apart", step("b"), idle=10, apart=True))
    async with workers:
        for _ in range(5):
            await asyncio.sleep(0)
    assert ran == set(expected)
