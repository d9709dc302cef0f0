"""Invitations that go with mails: what a person's calendar hears of a visit, from the first mail to the last."""

from collections.abc import Sequence
from datetime import timedelta

from icalendar import Calendar

from booking.adapters.calendars import ICalendars
from booking.adapters.words import JinjaWords
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.properties.policy import Settings
from booking.service.notices.letters import Letters
from tests.builders import claims
from tests.contract.test_notices import ADA, DAY, EVE, Scene
from tests.support.mail import PlainPhoneWords
from tests.support.worlds import World

ZOE = "zoe@example.com"
Heard = Sequence[tuple[str, str, int, str]]


async def begun(world: World) -> Scene:
    scene = await Scene(world).begin()
    words = JinjaWords()
    scene.sender.letters = Letters(words, PlainPhoneWords(), ICalendars(words, "visits@booking.example"))
    return scene


async def heard(scene: Scene) -> Heard:
    """Send what is due; return recipient, method, sequence and status of all invitations."""
    await scene.plan()
    while await scene.sender.step():
        pass
    found = []
    for email in scene.post.emails:
        for file in email.attachments:
            (event,) = Calendar.from_ical(file.content).events
            assert str(event["ATTENDEE"]) == f"mailto:{email.to}"
            found.append((email.to, str(file.method), event.sequence, str(event["STATUS"])))
    scene.post.emails.clear()
    return sorted(found)


async def test_each_change_of_a_visit_comes_to_the_calendars_of_both(world: World) -> None:
    scene = await begun(world)
    admin = await scene.agency.admin()
    await scene.agency.policies.put(admin, Settings(approval_levels=(RiskLevel.LOW,)), expected=None)
    booking = await scene.visit()
    assert await heard(scene) == [(ADA, "REQUEST", 0, "TENTATIVE"), (EVE, "REQUEST", 0, "TENTATIVE")]
    await scene.agency.bookings.approve(admin, booking.id)
    assert await heard(scene) == [(ADA, "REQUEST", 1, "CONFIRMED"), (EVE, "REQUEST", 1, "CONFIRMED")]
    later = await scene.agency.slot(scene.agent, starts_in=5 * DAY)
    await scene.agency.bookings.reschedule(admin, booking.id, later.id)
    assert await heard(scene) == [(ADA, "REQUEST", 4, "CONFIRMED"), (EVE, "REQUEST", 4, "CONFIRMED")]
    await scene.agency.bookings.cancel(admin, booking.id, reason=None)
    assert await heard(scene) == [(ADA, "CANCEL", 5, "CANCELLED"), (EVE, "CANCEL", 5, "CANCELLED")]


async def test_a_visit_that_moves_to_a_colleague_leaves_the_calendar_of_the_first(world: World) -> None:
    scene = await begun(world)
    zoe = await scene.agency.identity.identify(
        claims("zoe", email=ZOE, organization_id=scene.agency.organization_id, role=AgentRole.MEMBER), None
    )
    booking = await scene.visit()
    await heard(scene)
    hers = await scene.agency.slot(zoe, starts_in=5 * DAY)
    await scene.agency.bookings.reschedule(scene.ada, booking.id, hers.id)
    assert await heard(scene) == [
        (ADA, "REQUEST", 4, "CONFIRMED"),
        (EVE, "CANCEL", 4, "CANCELLED"),
        (ZOE, "REQUEST", 4, "CONFIRMED"),
    ]


async def test_a_reminder_brings_no_invitation(world: World) -> None:
    scene = await begun(world)
    await scene.visit()
    await heard(scene)
    await scene.plan()
    await world.jump(2 * DAY + timedelta(minutes=5))
    while await scene.sender.step():
        pass
    assert [(email.kind, email.attachments) for email in scene.post.emails if email.to == ADA] == [("reminder", ())]
