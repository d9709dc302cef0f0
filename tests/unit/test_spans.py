"""Spans: decided first, made where sampled alone, and each with those who asked for it."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest
from opentelemetry.sdk.trace.export import SpanExportResult
from structlog.testing import capture_logs

from booking.adapters.postgres.engine.batching import Batches
from booking.cli.examinations.configuration import configuration
from booking.domain.notices.attempt import Attempt
from booking.domain.notices.handover import HandoverFailed, HandoverFault
from booking.domain.values import replace
from booking.tracing import lifetime, sdk, spans
from booking.tracing.spans import Kind
from booking.tracing.traceparent import TraceParent
from tests.support.mail import Post
from tests.support.recorder import recorded
from tests.unit.test_notice_sender import Queue, attempt, drain, sending

ENVIRONMENT = {
    "DATABASE_URL": "postgresql://booking@127.0.0.1/booking",
    "BOOKING_AUTH_HS256_SECRET": "s" * 32,
    "BOOKING_AUDIT_SECRET": "s" * 32,
    "BOOKING_TRACE_URL": "http://127.0.0.1:4318",
}
SAMPLED, UNSAMPLED = str(TraceParent(7, 8)), str(TraceParent(7, 8, sampled=False))


def begun(header: str | None) -> bool:
    return spans.begin("request", Kind.SERVER, lambda: header) is not None


def test_a_sampled_caller_is_followed_and_chance_decides_on_all_others() -> None:
    assert [begun(one) for one in (SAMPLED, UNSAMPLED, None)] == [False] * 3  # off
    with recorded(0) as made:
        assert [begun(one) for one in (SAMPLED, UNSAMPLED, "nonsense", None)] == [True, False, False, False]
        assert [(one.place.trace_id, one.parent) for one in made] == [(7, TraceParent(7, 8))]
    with recorded(1) as made:
        assert all(begun(one) for one in (SAMPLED, UNSAMPLED, "nonsense", None))
        assert [one.parent and one.parent.trace_id for one in made] == [7, 7, None, None]
    with recorded(0.25) as made:
        assert 150 < sum(begun(None) for _ in range(1000)) < 350
        assert 150 < len(made) < 350


def test_a_step_is_a_child_and_its_failure_is_told() -> None:
    with spans.inside(lambda: pytest.fail("asked for a name")):
        assert spans.current() == ()
    with recorded(1) as made:
        outer = spans.begin("request", Kind.SERVER, lambda: None)
        with pytest.raises(KeyError), spans.within([outer, None]), spans.inside(str.upper, "step"):
            raise KeyError
        assert spans.current() == ()
        assert [(one.name, one.failed) for one in made] == [("request", True), ("STEP", True)]
        assert made[1].parent == made[0].place


async def test_a_statement_is_a_step_of_each_traced_request_that_it_answers_and_of_no_other() -> None:
    let = asyncio.Event()

    async def answer(keys: Sequence[str]) -> Mapping[str, str]:
        with spans.inside("+".join(keys)):
            await let.wait()
        return {}

    batches: Batches[str, str] = Batches(answer, lines=1)

    async def ask(key: str, header: str | None) -> None:
        with spans.within([spans.begin(key, Kind.SERVER, lambda: header)]):
            await batches.ask(key)

    with recorded(0) as made:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask("a", SAMPLED))  # whose task makes the line that serves all
            while len(made) < 2:  # noqa: ASYNC110
                await asyncio.sleep(0)
            for key, header in (("b", None), ("c", SAMPLED), ("c", SAMPLED), ("d", None)):
                group.create_task(ask(key, header))
            let.set()
        assert [one.name for one in made] == ["a", "a", "c", "c", "b+c+d", "b+c+d"]
        assert [one.parent for one in made[4:]] == [made[2].place, made[3].place]
        await ask("e", None)
        assert len(made) == 6


async def test_a_notice_goes_on_in_the_trace_of_its_event() -> None:
    fault = HandoverFailed(HandoverFault.LIMITED)
    post = Post(lambda email: fault if email.to.startswith("b@") else None)
    traced: list[Attempt] = [replace(attempt(address=f"{who}@example.com"), trace=SAMPLED) for who in "ab"]
    with recorded(0) as made:
        await drain(sending(Queue(*traced, attempt()), post))
    assert [(one.name, one.parent, one.failed) for one in made] == [
        ("send email", TraceParent(7, 8), False),
        ("send email", TraceParent(7, 8), True),
    ]
    assert [one.told["booking.outcome"] for one in made] == ["sent", "failed"]
    assert "example.com" not in str([one.told for one in made])


def test_a_collector_that_is_down_is_told_of_once_and_nobody_waits_for_it_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Exporter:
        def __init__(self, endpoint: str, timeout: float) -> None:
            assert (endpoint, timeout) == ("http://collector:4318/v1/traces", sdk.PATIENCE)
            self.results = [False, False, True, False]

        def export(self, _: object) -> SpanExportResult:
            return SpanExportResult.SUCCESS if self.results.pop(0) else SpanExportResult.FAILURE

    monkeypatch.setattr(sdk, "OTLPSpanExporter", Exporter)
    collector = sdk.Collector("http://collector:4318/v1/traces")
    with capture_logs() as logs:
        taken = [collector.export([]) is SpanExportResult.SUCCESS for _ in range(4)]
        collector.end()
        assert collector.export([]) is SpanExportResult.FAILURE  # and it was not asked
    assert taken == [False, False, True, False]
    assert [one["event"] for one in logs] == ["traces are not taken", "traces are taken", "traces are not taken"]


def test_a_collector_without_the_packages_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    lifetime.require_packages()
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    assert not any(one.fault for one in configuration()[1])
    monkeypatch.setattr(lifetime, "find_spec", lambda _: None)
    assert [one.advice for one in configuration()[1] if one.fault] == [
        "install booking[trace], or unset BOOKING_TRACE_URL"
    ]
    with pytest.raises(lifetime.TracingMissing, match=r"install booking\[trace\]"):
        lifetime.require_packages()
