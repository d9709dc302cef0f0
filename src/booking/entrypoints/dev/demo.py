"""The demo of a first start: an organization with two agents, three properties, a week of slots and an open house,
three applicants.

The slots are offered by the same use case as over REST; the applicants are sent as real SQS messages.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid5

from booking.domain.agent import AgentRole
from booking.domain.caller import Agency, Claims
from booking.domain.errors import NotRegistered
from booking.domain.paging import Paging, Window
from booking.service.identity import IdentityService
from booking.service.slots import SlotService

DAYS = 7
VISIT = timedelta(minutes=30)
HOURS = (10, 11, 14, 15)
OPEN_HOUSE = time(18)  # on the last day
OPEN_HOUSE_PLACES = 12

MEMBER_EMAIL = "maria.agent@example.com"
ADMIN_EMAIL = "ana.admin@example.com"

APPLICANTS = (
    ("Tomás Almeida", "tomas@example.com", "LOW"),
    ("Inês Carvalho", "ines@example.com", "MEDIUM"),
    ("Rui Fonseca", "rui@example.com", "HIGH"),
)
PROPERTIES = 3

SendScreening = Callable[[UUID, str, str, str], Awaitable[None]]
"""(applicant's external id, name, email, risk level)."""


def subject_of(email: str) -> str:
    """The same login for the same person, however often the demo is loaded."""
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


async def load(
    organization_id: UUID, identity: IdentityService, slots: SlotService, send: SendScreening, now: datetime
) -> None:
    """Loads what is missing: the week of slots if none lies ahead, and the applicants."""
    member = await identity.identify(claims_of(organization_id, MEMBER_EMAIL, AgentRole.MEMBER), None)
    admin = await identity.identify(claims_of(organization_id, ADMIN_EMAIL, AgentRole.ADMIN), None)
    ahead = await slots.list(
        admin, status=None, property_id=None, window=Window(since=now), paging=Paging(after=None, limit=1)
    )
    if ahead.items:
        return
    first, second, third = properties_of(organization_id)
    for day in range(1, DAYS + 1):
        for hour in HOURS:
            start = datetime.combine(now.date() + timedelta(days=day), time(hour), tzinfo=UTC)
            await slots.offer(member, first if hour < 12 else second, start, start + VISIT)
            await slots.offer(admin, third, start, start + VISIT)
    evening = datetime.combine(now.date() + timedelta(days=DAYS), OPEN_HOUSE, tzinfo=UTC)
    await slots.offer(admin, third, evening, evening + VISIT, capacity=OPEN_HOUSE_PLACES)
    for name, email, risk_level in APPLICANTS:
        await send(uuid5(organization_id, email), name, email, risk_level)


async def missing(organization_id: UUID, identity: IdentityService) -> bool:
    """Whether the consumer has yet to take some of the demo's applicants in."""
    for _, email, _ in APPLICANTS:
        person = Claims(subject=subject_of(email), email=email, email_vouched=True, agency=None)
        try:
            caller = await identity.identify(person, None)
        except NotRegistered:
            return True
        if organization_id not in caller.organizations:
            return True
    return False
