"""The demo of a first start: an organization with two agents, three properties, a week of slots and an open house,
three applicants.

The slots are offered by the same use case as over REST; the applicants are sent as real SQS messages.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from booking.domain.agent import AgentRole
from booking.domain.applicant import RiskLevel
from booking.domain.caller import Agency, Caller, Claims
from booking.domain.paging import Paging, Window
from booking.domain.refusals import NotRegistered, Refusal
from booking.service.identity import IdentityService
from booking.service.slots import SlotService

DAYS = 7
FARTHEST = 100  # days ahead, in which to look for seven with room
BOOK_DIRECTLY = timedelta(minutes=30)
HOURS = (10, 11, 14, 15)
OPEN_HOUSE = time(18)  # on the last day
OPEN_HOUSE_PLACES = 12

MEMBER_EMAIL = "maria.agent@example.com"
ADMIN_EMAIL = "ana.admin@example.com"

APPLICANTS = (
    ("Tomás Almeida", "tomas@example.com", RiskLevel.LOW),
    ("Inês Carvalho", "ines@example.com", RiskLevel.MEDIUM),
    ("Rui Fonseca", "rui@example.com", RiskLevel.HIGH),
)
PROPERTIES = 3

SendScreening = Callable[[UUID, UUID, str, str, RiskLevel], Awaitable[None]]
"""(organization, applicant's external id, name, email, risk level)."""


def subject_of(email: str) -> str:
    """Return the login of a person, the same each time the demo is loaded."""
    return str(uuid5(UUID(int=0), email))


def properties_of(organization_id: UUID) -> tuple[UUID, ...]:
    return tuple(uuid5(organization_id, f"property {number}") for number in range(PROPERTIES))


def claims_of(organization_id: UUID, email: str, role: AgentRole) -> Claims:
    return Claims(
        subject=subject_of(email),
        email=email,
        email_vouched=True,
        agency=Agency(organization_id=organization_id, role=role),
    )


def person(email: str) -> Claims:
    """Return the claims of one of the demo's applicants."""
    return Claims(subject=subject_of(email), email=email, email_vouched=True, agency=None)


async def load(
    organization_id: UUID, identity: IdentityService, slots: SlotService, send: SendScreening, now: datetime
) -> None:
    """Load missing parts: a week of slots if nothing can be booked, and unknown applicants."""
    admin = await identity.identify(claims_of(organization_id, ADMIN_EMAIL, AgentRole.ADMIN), None)
    if await something_to_book(organization_id, slots, admin) is None:
        member = await identity.identify(claims_of(organization_id, MEMBER_EMAIL, AgentRole.MEMBER), None)
        await _offer_a_week(organization_id, slots, member, admin, now)
    for name, email, risk_level in await unknown(organization_id, identity):
        await send(organization_id, uuid5(organization_id, email), name, email, risk_level)


async def something_to_book(organization_id: UUID, slots: SlotService, caller: Caller) -> tuple[UUID, UUID] | None:
    """Return a property with something left to book and, of that, the first slot."""
    for property_id in properties_of(organization_id):
        page = await slots.bookable(caller, property_id, window=Window(), paging=Paging(after=None, limit=1))
        for view in page.items:
            return property_id, view.slot.id
    return None


async def _offer_a_week(
    organization_id: UUID, slots: SlotService, member: Caller, admin: Caller, now: datetime
) -> None:
    """Offer slots on the first seven days that have room for any, and an open house on the last of them."""
    first, second, third = properties_of(organization_id)
    days = 0
    for ahead in range(1, FARTHEST + 1):
        day = now.date() + timedelta(days=ahead)
        offered = 0
        for hour in HOURS:
            start = datetime.combine(day, time(hour), tzinfo=UTC)
            offered += await _offered(slots, member, first if hour < 12 else second, start)
            offered += await _offered(slots, admin, third, start)
        days += offered > 0
        if days == DAYS:
            evening = datetime.combine(day, OPEN_HOUSE, tzinfo=UTC)
            await _offered(slots, admin, third, evening, OPEN_HOUSE_PLACES)
            return


async def _offered(slots: SlotService, agent: Caller, property_id: UUID, start: datetime, capacity: int = 1) -> bool:
    """Whether there was room for it, and the organization's rules let it be offered."""
    try:
        await slots.offer(agent, property_id, start, start + BOOK_DIRECTLY, capacity=capacity)
    except Refusal:
        return False
    return True


async def unknown(organization_id: UUID, identity: IdentityService) -> list[tuple[str, str, RiskLevel]]:
    """Return the demo's applicants that are not registered by their login."""
    return [one for one in APPLICANTS if not await is_registered(organization_id, one[1], identity)]


async def is_registered(organization_id: UUID, email: str, identity: IdentityService) -> bool:
    try:
        return organization_id in (await identity.identify(person(email), None)).organizations
    except NotRegistered:
        return False
