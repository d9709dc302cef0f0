"""The demo of a first start: an agency with three agents, four properties in two time zones, a week of slots and an
open house, a schedule, three applicants, a request and a waitlist.

All is set and offered by the same use cases as over REST; the applicants are sent as real SQS messages.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from booking.domain.paging import Paging, Window
from booking.domain.people.agent import AgentRole
from booking.domain.people.applicant import RiskLevel
from booking.domain.people.caller import Agency, Caller, Claims
from booking.domain.people.organization import Organization
from booking.domain.people.refusals import NotRegistered
from booking.domain.properties.property import Property
from booking.domain.refusals import PreconditionFailed, Refusal
from booking.entrypoints.dev import planning
from booking.service.people.identity import IdentityService
from booking.service.people.organizations import OrganizationService
from booking.service.properties.properties import PropertyService
from booking.service.visits.slots import SlotService

DAYS = 7
FARTHEST = 100  # days ahead, in which to look for seven with room
BOOK_DIRECTLY = timedelta(minutes=30)
HOURS = (10, 11, 14, 15)
OPEN_HOUSE = time(18)  # on the last day
OPEN_HOUSE_PLACES = 12

MEMBER_EMAIL = "maria.agent@example.com"
ADMIN_EMAIL = "ana.admin@example.com"
PLANNER_EMAIL = "joao.agent@example.com"
AGENTS = {MEMBER_EMAIL: "Maria Lopes", ADMIN_EMAIL: "Ana Teixeira", PLANNER_EMAIL: "João Pires"}

APPLICANTS = (
    ("Tomás Almeida", "tomas@example.com", RiskLevel.LOW),
    ("Inês Carvalho", "ines@example.com", RiskLevel.MEDIUM),
    ("Rui Fonseca", "rui@example.com", RiskLevel.HIGH),
)
MAINLAND, ISLANDS = "Europe/Lisbon", "Atlantic/Azores"
PROPERTIES = (
    ("Two rooms above the bakery", "Alfama, Lisbon", "Rua do Forno 7, 2.º Esq., Lisbon", None),
    ("Studio with a terrace", "Bonfim, Porto", "Rua da Alegria 212, 4.º, Porto", None),
    ("House with a garden", "Ponta Delgada, Azores", "Caminho do Mar 3, Ponta Delgada", ISLANDS),
)
"""Label, area, address, and a zone where it is not the organization's."""


class SendScreening(Protocol):
    async def __call__(
        self,
        organization_id: UUID,
        external_id: UUID,
        name: str,
        email: str,
        risk_level: RiskLevel,
        /,
        *,
        phone: str | None = None,
        locale: str | None = None,
    ) -> None:
        """Send it to the queue."""


def subject_of(email: str) -> str:
    """Return the login of a person, the same each time the demo is loaded."""
    return str(uuid5(UUID(int=0), email))


def organization_of(organization_id: UUID) -> Organization:
    return Organization(
        id=organization_id,
        name="Casa Clara Imóveis",
        time_zone=MAINLAND,
        locale="pt-PT",
        email="ola@casaclara.example",
        phone="+351210000100",
        website="https://casaclara.example",
        colour="#0f6b5c",
        reply_to="visitas@casaclara.example",
    )


def properties_of(organization_id: UUID) -> tuple[UUID, ...]:
    return tuple(uuid5(organization_id, f"property {number}") for number in range(len(PROPERTIES)))


def claims_of(organization_id: UUID, email: str, role: AgentRole, name: str | None = None) -> Claims:
    return Claims(
        subject=subject_of(email),
        email=email,
        email_vouched=True,
        agency=Agency(organization_id=organization_id, role=role),
        name=name or AGENTS.get(email),
    )


def person(email: str) -> Claims:
    """Return the claims of one of the demo's applicants."""
    return Claims(subject=subject_of(email), email=email, email_vouched=True, agency=None)


async def load(organization_id: UUID, services: Mapping[str, Any], send: SendScreening, now: datetime) -> bool:
    """Load missing parts: names, a week of slots if nothing can be booked, a schedule, and unknown applicants.

    Return whether the schedule is new: then somebody is to watch its home, once they are known.
    """
    identity, slots = services["identity"], services["slots"]
    admin = await identity.identify(claims_of(organization_id, ADMIN_EMAIL, AgentRole.ADMIN), None)
    await _name(organization_id, services["organizations"], services["properties"], admin, now)
    if await something_to_book(organization_id, slots, admin) is None:
        member = await identity.identify(claims_of(organization_id, MEMBER_EMAIL, AgentRole.MEMBER), None)
        await _offer_a_week(organization_id, slots, member, admin, now)
    for name, email, risk_level in await unknown(organization_id, identity):
        await send(organization_id, uuid5(organization_id, email), name, email, risk_level)
    planner = await identity.identify(claims_of(organization_id, PLANNER_EMAIL, AgentRole.MEMBER), None)
    return await planning.load(services, planner, now)


async def watch(organization_id: UUID, services: Mapping[str, Any], now: datetime) -> None:
    """Let an applicant watch the home with the schedule and ask for a visit there, for which another one waits."""
    identity = services["identity"]
    with suppress(NotRegistered):
        applicant = await identity.identify(person(APPLICANTS[1][1]), None)
        await planning.watch(services, organization_id, applicant, now)
        admin = await identity.identify(claims_of(organization_id, ADMIN_EMAIL, AgentRole.ADMIN), None)
        await planning.ask(services, admin, applicant, await identity.identify(person(APPLICANTS[0][1]), None))


async def _name(
    organization_id: UUID, organizations: OrganizationService, properties: PropertyService, admin: Caller, now: datetime
) -> None:
    """Name the organization and its properties, unless it is done: what was changed since stays."""
    with suppress(PreconditionFailed):
        await organizations.put(admin, organization_of(organization_id), expected=0)
    for property_id, (label, area, address, zone) in zip(properties_of(organization_id), PROPERTIES, strict=True):
        details = Property(
            organization_id=organization_id,
            id=property_id,
            label=label,
            area=area,
            address=address,
            meeting_point="At the front door",
            time_zone=zone,
            updated_at=now,
        )
        with suppress(PreconditionFailed):
            await properties.put(admin, details, expected=0)


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
    here, there = ZoneInfo(MAINLAND), ZoneInfo(ISLANDS)
    days = 0
    for ahead in range(1, FARTHEST + 1):
        day = now.date() + timedelta(days=ahead)
        offered = 0
        for hour in HOURS:
            start = time(hour)
            offered += await _offered(
                slots, member, first if hour < 12 else second, datetime.combine(day, start, tzinfo=here)
            )
            offered += await _offered(slots, admin, third, datetime.combine(day, start, tzinfo=there))
        days += offered > 0
        if days == DAYS:
            evening = datetime.combine(day, OPEN_HOUSE, tzinfo=there)
            await _offered(slots, admin, third, evening, OPEN_HOUSE_PLACES)
            return


async def _offered(slots: SlotService, agent: Caller, property_id: UUID, start: datetime, capacity: int = 1) -> bool:
    """Whether there was room for it, and the organization's rules let it be offered."""
    try:
        start = start.astimezone(UTC)
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
