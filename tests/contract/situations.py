"""What somebody may find a slot in, over by the clock and not tidied among it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.visits.booking import Outcome
from booking.domain.visits.slot import Slot
from tests.builders import HOUR, Organization, claims, organization, screening
from tests.support.worlds import World

MINUTE = timedelta(minutes=1)


@dataclass
class Scene:
    """A slot of one place, and another one beside it; `both` is an admin and an applicant."""

    world: World
    agency: Organization
    slot: Slot
    spare: Slot
    callers: dict[str, Caller] = field(default_factory=dict)

    async def book(self, who: str) -> UUID:
        return (await self.agency.book(self.callers[who], self.slot.id)).id

    async def hold(self, who: str) -> UUID:
        return (await self.agency.holds.hold(self.callers[who], self.slot.id)).id

    async def join(self, who: str) -> UUID:
        return (await self.agency.waitlists.join(self.callers[who], self.slot.id)).entry.id

    async def policy(self, settings: Settings) -> None:
        await self.agency.policies.put(self.callers["both"], settings, expected=None)

    async def offered_to(self, *people: str) -> None:
        """The first of them has an offer, the others wait."""
        booking = await self.book("cleo")
        for person in people:
            await self.join(person)
        await self.agency.bookings.cancel(self.callers["cleo"], booking)

    async def screened(self, who: str, risk_level: RiskLevel) -> None:
        person, now = self.callers[who].applicants[0], await self.world.store.now()
        await self.agency.screen(
            screening(
                self.agency.organization_id,
                external_id=person.external_id,
                email=person.email,
                risk_level=risk_level,
                screened_at=now,
                sent_at=now,
            )
        )


async def scene(world: World) -> Scene:
    agency = organization(world.store)
    email = f"{uuid4()}@example.com"
    await agency.screen(screening(agency.organization_id, email=email))
    agency_claims = claims(email=email, organization_id=agency.organization_id, role=AgentRole.ADMIN)
    callers = {
        "agent": await agency.agent(),
        "both": await agency.identity.identify(agency_claims, None),
        "ana": await agency.applicant(),
        "ben": await agency.applicant(),
        "cleo": await agency.applicant(),
    }
    slot = await agency.slot(callers["agent"], starts_in=10 * HOUR)
    spare = await agency.slot(callers["agent"], starts_in=14 * HOUR, capacity=200)
    return Scene(world, agency, slot, spare, callers)


Build = Callable[[Scene], Awaitable[None]]
SITUATIONS: dict[str, Build] = {}


def situation(build: Build) -> Build:
    SITUATIONS[build.__name__.strip("_").replace("_", " ")] = build
    return build


@situation
async def free(s: Scene) -> None:
    """Nobody has asked for anything."""


@situation
async def held(s: Scene) -> None:
    await s.hold("ana")


@situation
async def held_and_over(s: Scene) -> None:
    await s.hold("ana")
    await s.world.jump(6 * MINUTE)


@situation
async def held_and_awaited_and_over(s: Scene) -> None:
    await s.hold("ana")
    await s.join("ben")
    await s.world.jump(6 * MINUTE)


@situation
async def offered(s: Scene) -> None:
    await s.offered_to("ana", "ben")


@situation
async def offered_and_over(s: Scene) -> None:
    await s.offered_to("ana")
    await s.world.jump(31 * MINUTE)


@situation
async def offered_and_over_while_another_waits(s: Scene) -> None:
    await s.offered_to("ana", "ben")
    await s.world.jump(31 * MINUTE)


@situation
async def awaited_past_the_notice(s: Scene) -> None:
    await s.policy(Settings(notice_seconds=3600))
    booking = await s.book("cleo")
    await s.join("ana")
    await s.world.jump(9.5 * HOUR)
    await s.agency.bookings.cancel(s.callers["cleo"], booking)


@situation
async def awaited_until_it_began(s: Scene) -> None:
    await s.book("cleo")
    await s.join("ana")
    await s.world.jump(10.5 * HOUR)


@situation
async def awaited_and_cancelled(s: Scene) -> None:
    await s.book("cleo")
    await s.join("ana")
    await s.agency.slots.cancel(s.callers["agent"], s.slot.id)


@situation
async def pending(s: Scene) -> None:
    await s.policy(Settings(approval_levels=(RiskLevel.LOW,)))
    await s.book("ana")


@situation
async def expired_while_another_waits(s: Scene) -> None:
    await s.policy(Settings(approval_levels=(RiskLevel.LOW,), approval_seconds=60))
    await s.book("ana")
    await s.join("ben")
    await s.world.jump(2 * MINUTE)


@situation
async def booked(s: Scene) -> None:
    await s.book("ana")


@situation
async def booked_past_the_cutoff(s: Scene) -> None:
    await s.policy(Settings(cancellation_cutoff_seconds=3600))
    await s.book("both")
    await s.world.jump(9.5 * HOUR)


@situation
async def booked_by_whom_a_screening_keeps_out(s: Scene) -> None:
    await s.book("ana")
    await s.screened("ana", RiskLevel.HIGH)


@situation
async def begun(s: Scene) -> None:
    await s.book("ana")
    await s.world.jump(10.5 * HOUR)


@situation
async def attended(s: Scene) -> None:
    booking = await s.book("ana")
    await s.world.jump(10.5 * HOUR)
    await s.agency.bookings.record(s.callers["agent"], booking, Outcome.ATTENDED)


@situation
async def of_an_outcome_that_stays(s: Scene) -> None:
    await attended(s)
    await s.world.jump(timedelta(days=8))


@situation
async def before_its_horizon(s: Scene) -> None:
    await s.policy(Settings(horizon_days=1))
    far = await s.agency.slot(s.callers["agent"], starts_in=timedelta(days=3))
    s.slot = far


@situation
async def of_no_more_holds(s: Scene) -> None:
    await s.policy(Settings(max_live_holds=1))
    await s.agency.holds.hold(s.callers["ana"], s.spare.id)


@situation
async def held_too_often(s: Scene) -> None:
    for _ in range(3):
        await s.agency.holds.release(s.callers["ana"], await s.hold("ana"))


@situation
async def cancelled_too_often(s: Scene) -> None:
    for _ in range(3):
        await s.agency.bookings.cancel(s.callers["ana"], await s.book("ana"))


@situation
async def cancelled_too_often_and_offered_since(s: Scene) -> None:
    await cancelled_too_often(s)
    await s.offered_to("ana")


@situation
async def cancelled_too_often_an_hour_ago(s: Scene) -> None:
    await cancelled_too_often(s)
    await s.world.jump(61 * MINUTE)


@situation
async def left_too_often(s: Scene) -> None:
    await s.book("cleo")
    for _ in range(3):
        await s.agency.waitlists.leave(s.callers["ana"], await s.join("ana"))


@situation
async def left_too_often_while_another_waits(s: Scene) -> None:
    await left_too_often(s)
    await s.join("ben")


@situation
async def left_too_often_an_hour_ago(s: Scene) -> None:
    await left_too_often(s)
    await s.world.jump(61 * MINUTE)


@situation
async def of_no_more_bookings(s: Scene) -> None:
    await s.policy(Settings(max_live_bookings=1))
    await s.agency.book(s.callers["ana"], s.spare.id)


@situation
async def while_she_is_elsewhere(s: Scene) -> None:
    other = await s.agency.slot(s.callers["both"], starts_in=10 * HOUR)
    await s.agency.book(s.callers["ana"], other.id)


@situation
async def offered_while_she_is_elsewhere(s: Scene) -> None:
    other = await s.agency.slot(s.callers["both"], starts_in=10 * HOUR)
    await s.agency.book(s.callers["ana"], other.id)
    await s.offered_to("ana")
