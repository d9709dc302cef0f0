"""Providers report what became of a message: in any order, more than once, and of some that they should not know."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from booking.domain.notices.handover import HandoverFailed, HandoverFault
from booking.domain.notices.notice import NoticeState
from booking.domain.notices.reference import Reference
from booking.domain.notices.report import RANKS, Report
from booking.domain.values import replace
from booking.service.notices.reports import ReportService
from tests.builders import HOUR
from tests.contract.test_notices import ADA, CONFIRMED, DAY, EVE, Scene
from tests.support.worlds import World

SENT, FAILED, DELIVERED, BOUNCED, COMPLAINED = RANKS


class Reported(Scene):
    """A visit whose applicant's confirmation was sent."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.reports = ReportService(world.store.reports, self.ends.append)

    async def sent(self, starts_in: timedelta = 3 * DAY) -> Reference:
        self.booking = await self.visit(starts_in)
        await self.plan()
        while await self.sender.step():
            pass
        return self.reference()

    def reference(self) -> Reference:
        found = [email.reference for email in self.post.emails if email.to == ADA]
        assert found[-1] is not None
        return found[-1]

    async def hear(self, reference: Reference, *states: NoticeState, **more: Any) -> list[bool]:
        return [await self.reports.hear(Report(reference=reference, state=state, **more)) for state in states]

    async def shown(self) -> Sequence[tuple[NoticeState, str | None]]:
        """States of the applicant's own confirmation, as agents see it."""
        listed = await self.notices.of_booking(self.agent, self.booking.id)
        return [(one.state, one.reason) for one in listed if (one.kind, one.recipient) == ("confirmed", "applicant")]


@pytest.fixture
async def scene(world: World) -> Reported:
    made = Reported(world)
    await made.begin()
    return made


async def test_what_was_accepted_is_not_yet_delivered_and_what_arrived_is(scene: Reported) -> None:
    reference = await scene.sent()
    assert await scene.shown() == [(SENT, None)]
    scene.ends.clear()
    assert await scene.hear(reference, SENT, DELIVERED, DELIVERED) == [False, True, False]
    assert await scene.shown() == [(DELIVERED, None)]
    assert [(end.kind, end.state) for end in scene.ends] == [("confirmed", DELIVERED)]


async def test_in_any_order_the_last_word_is_the_same(scene: Reported) -> None:
    for days, order in enumerate(permutations((DELIVERED, BOUNCED, COMPLAINED)), 3):
        scene.post.emails.clear()
        reference = await scene.sent(days * DAY)
        await scene.hear(reference, *order, FAILED, SENT)
        assert await scene.shown() == [(COMPLAINED, None)]


async def test_a_refusal_after_acceptance_is_told_with_its_reason(scene: Reported) -> None:
    reference = await scene.sent()
    assert await scene.hear(reference, FAILED, reason="message_refused") == [True]
    assert await scene.shown() == [(FAILED, "message_refused")]
    assert await scene.hear(reference, DELIVERED) == [True]


@pytest.mark.parametrize("state", [BOUNCED, COMPLAINED])
async def test_an_address_that_is_suppressed_is_not_written_to_again(scene: Reported, state: NoticeState) -> None:
    reference = await scene.sent()
    await scene.hear(reference, state, suppresses=["ADA@example.com"])
    scene.post.emails.clear()
    await scene.visit(4 * DAY)
    assert await scene.told() == [(EVE, "confirmed agent applicant")]
    assert NoticeState.SUPPRESSED in {end.state for end in scene.ends}


async def test_an_address_is_suppressed_though_the_state_is_known_already(scene: Reported) -> None:
    reference = await scene.sent()
    assert await scene.hear(reference, BOUNCED) == [True]
    assert await scene.hear(reference, BOUNCED, suppresses=[ADA]) == [False]
    scene.post.emails.clear()
    await scene.visit(4 * DAY)
    assert await scene.told() == [(EVE, "confirmed agent applicant")]


async def test_a_bounce_that_may_pass_stops_nothing(scene: Reported) -> None:
    await scene.hear(await scene.sent(), BOUNCED, reason="mailbox_full")
    scene.post.emails.clear()
    await scene.visit(4 * DAY)
    assert await scene.told() == CONFIRMED


async def test_a_message_that_arrived_though_nobody_heard_so_does_not_go_again(scene: Reported) -> None:
    """The provider had accepted it when the connection was lost."""
    lost: list[Any] = []

    def accepted(email: Any) -> Exception | None:
        lost.append(email.reference)
        return HandoverFailed(HandoverFault.CLOSED)

    scene.post.faults = accepted
    scene.booking = await scene.visit()
    assert await scene.told() == []
    for reference in lost:
        assert await scene.hear(reference, SENT) == [True]
    scene.post.faults = lambda _: None
    assert await scene.after(HOUR) == []
    assert await scene.shown() == [(SENT, None)]


async def test_a_report_that_overtakes_the_providers_answer_holds(scene: Reported) -> None:
    scene.booking = await scene.visit()
    await scene.plan()
    queue = scene.world.store.notice_queue
    attempts, _ = await queue.take(dict.fromkeys(scene.sender.providers, 9), scene.sender.lease, 0)
    assert [one for attempt in attempts for one in await scene.hear(attempt.reference, DELIVERED)] == [True, True]
    assert await scene.told() == []
    assert await scene.shown() == [(DELIVERED, None)]


async def test_of_what_was_never_sent_or_is_no_more_nothing_is_kept(scene: Reported) -> None:
    reference = await scene.sent()
    unknown = replace(reference, notice_id=uuid4())
    elsewhere = replace(reference, organization_id=uuid4())
    assert await scene.hear(unknown, DELIVERED) == await scene.hear(elsewhere, BOUNCED, suppresses=[ADA]) == [False]
    planned = [one for one in await scene.notices.of_booking(scene.agent, scene.booking.id) if not one.attempts]
    for one in planned:
        assert await scene.hear(replace(reference, notice_id=one.id), DELIVERED, suppresses=[ADA]) == [False]
    assert (await scene.shown(), len(planned)) == ([(SENT, None)], 2)
    scene.post.emails.clear()
    await scene.visit(4 * DAY)
    assert await scene.told() == CONFIRMED
    await scene.agency.applicants.erase(scene.agency.organization_id, scene.ada.applicants[0].id)
    assert await scene.hear(reference, COMPLAINED, suppresses=[ADA]) == [False]
    scene.post.emails.clear()
    await scene.visit(5 * DAY, await scene.agency.applicant(ADA))
    assert await scene.told() == CONFIRMED
