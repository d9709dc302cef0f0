"""A home with many slots, of which some are booked, asked for, held, offered or waited for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Caller
from booking.domain.properties.policy import Settings
from booking.domain.visits.allowed_actions import SlotView
from booking.domain.visits.slot_batch import BatchMode, Offer
from tests.builders import Organization, claims
from tests.support.stores import Store

SLOTS = 230
EACH = 10  # a tenth of the slots is of each kind
LATE = 4  # people who book while it is withdrawn
SHORT = timedelta(minutes=10)


@dataclass
class Home:
    """`told`: an address for each message that must be sent, and no other; `late`: people who are still booking."""

    property_id: UUID
    agent: str
    slots: Sequence[UUID]
    late: Sequence[tuple[str, str]]
    told: list[str] = field(default_factory=list)


async def home(store: Store, organization_id: UUID, number: int) -> Home:
    agency = Organization(store, organization_id)
    email = f"agent-{number}@example.com"
    agent = await agency.identity.identify(
        claims(f"agent-{number}", email=email, organization_id=organization_id, role=AgentRole.MEMBER), None
    )
    property_id, first = uuid4(), await store.now() + timedelta(days=2)
    offers = {
        index: Offer(
            property_id=property_id,
            start_time=first + index * SHORT,
            end_time=first + (index + 1) * SHORT,
            agent_id=None,
            capacity=1,
        )
        for index in range(SLOTS)
    }
    batch = await agency.slot_batches.offer(agent, offers, BatchMode.ALL)
    slots = [one.slot.id for one in batch.values() if isinstance(one, SlotView)]
    if not number:
        await agency.policies.put(
            await agency.admin(), Settings(approval_levels=(RiskLevel.MEDIUM,)), expected=None, property_id=None
        )
    late = [f"late-{number}-{one}@example.com" for one in range(LATE)]
    made = Home(property_id, email, slots, [((await agency.applicant(one)).subject, one) for one in late])
    for index in range(0, SLOTS, EACH):
        await _claimed(agency, made, index, number)
    made.told.append(email)  # of all slots together
    return made


async def _claimed(agency: Organization, made: Home, index: int, number: int) -> None:
    """A visit, a request, a visit that somebody waits for, a hold, and an offer; each is another person's."""
    booked, asked, awaited, held, offered = made.slots[index : index + 5]

    async def person(kind: str, level: RiskLevel = RiskLevel.LOW) -> Caller:
        return await agency.applicant(f"{kind}-{number}-{index}@example.com", level)

    await agency.book(await person("books"), booked)
    await agency.book(await person("asks", RiskLevel.MEDIUM), asked)
    await agency.book(await person("has"), awaited)
    await agency.waitlists.join(await person("waits"), awaited)
    await agency.holds.hold(await person("holds"), held)
    leaving = await person("leaves")
    left = await agency.book(leaving, offered)
    await agency.waitlists.join(await person("is-offered"), offered)
    await agency.bookings.cancel(leaving, left.id)
    made.told += [
        f"{kind}-{number}-{index}@example.com" for kind in ("books", "asks", "has", "waits", "leaves", "is-offered")
    ]
    made.told += [made.agent] * 4
