"""Sample facts of every kind and recipient, so that people can look at the messages."""

from datetime import UTC, datetime, timedelta

from booking.domain.notices.facts import AgencyFacts, Facts, VisitFacts
from booking.domain.notices.link import LinkPurpose
from booking.domain.notices.notice import NoticeKind, Originator, Recipient
from booking.domain.values import replace

AGENCY = AgencyFacts(
    name="Casa Clara Imobiliária",
    locale="pt-PT",
    time_zone="Europe/Lisbon",
    colour="#0f6b5c",
    reply_to="visits@casaclara.example",
    phone="+351213456789",
    website="https://casaclara.example",
)
VISIT = VisitFacts(
    label="T2 with a balcony, Rua das Flores 12",
    area="Chiado, Lisbon",
    address="Rua das Flores 12, 3.º Esq.\n1200-195 Lisboa",
    directions="From the station Baixa-Chiado it is a walk of five minutes.",
    meeting_point="In front of the blue door",
    agent_name="Marta Nunes",
    agent_phone="+351912345678",
    start_time=datetime(2027, 3, 29, 13, 30, tzinfo=UTC),
    end_time=datetime(2027, 3, 29, 14, 0, tzinfo=UTC),
    time_zone="Europe/Lisbon",
)
NAME = "Ana Ribeiro"
DAY = (
    (0, NAME, VISIT.label, VISIT.address),
    (45, "Tomás Ferreira", "T1 by the river", "Rua do Alecrim 8\n1200-018 Lisboa"),
    (180, "Lucía Ortega", "House with a garden, Sintra", "Rua das Padarias 4\n2710-603 Sintra"),
)
"""Visits of a day: minutes after the first, visitor, property and address."""
BY_AGENT = (NoticeKind.DECLINED, NoticeKind.CANCELLED, NoticeKind.MOVED)
REASONED = (NoticeKind.DECLINED, NoticeKind.CANCELLED)
DEADLINES = {
    NoticeKind.REQUESTED: timedelta(hours=24),
    NoticeKind.OFFER_MADE: timedelta(hours=2),
    NoticeKind.OFFER_ENDING: timedelta(minutes=20),
    NoticeKind.RELEASED: timedelta(minutes=30),
    NoticeKind.WEBHOOK_FAILING: timedelta(days=2),
}
_VISIT = (LinkPurpose.CALENDAR, LinkPurpose.MOVE, LinkPurpose.CANCEL)
_OFFER = (LinkPurpose.ACCEPT_OFFER, LinkPurpose.DECLINE_OFFER)
LINKS = {
    NoticeKind.REQUESTED: _VISIT,
    NoticeKind.CONFIRMED: _VISIT,
    NoticeKind.MOVED: _VISIT,
    NoticeKind.REMINDER: (LinkPurpose.CONFIRM, *_VISIT),
    NoticeKind.LINKS: _VISIT,
    NoticeKind.RELEASED: (LinkPurpose.CONFIRM,),
    NoticeKind.OFFER_MADE: _OFFER,
    NoticeKind.OFFER_ENDING: _OFFER,
}
"""Acts of the applicant."""


def sample(kind: NoticeKind, recipient: Recipient, locale: str | None) -> Facts:
    """Return facts such as a notice of this kind has: a visit in Lisbon, told on the day before."""
    at = VISIT.start_time - timedelta(hours=24)
    to_agent = recipient is Recipient.AGENT
    visit = replace(VISIT, applicant_name=NAME, agent_name=None, agent_phone=None) if to_agent else VISIT
    facts = Facts(
        kind=kind,
        recipient=recipient,
        at=at,
        locale=locale,
        to_name={Recipient.APPLICANT: NAME, Recipient.AGENT: VISIT.agent_name}.get(recipient),
        agency=AGENCY,
        by=Originator.AGENT if kind in BY_AGENT else None,
        reason="The owner is at home on that day.\nThe week after is fine." if kind in REASONED else None,
        deadline=at + DEADLINES[kind] if kind in DEADLINES else None,
    )
    match kind:
        case NoticeKind.AGENT_DAY:
            return replace(facts, day=visit.start_time.date(), visits=_day(visit))
        case NoticeKind.SLOTS_WITHDRAWN:
            return replace(facts, visits=_withdrawn(replace(visit, applicant_name=None)))
        case NoticeKind.SLOTS_SKIPPED | NoticeKind.CALENDAR_CONFLICT:
            return replace(facts, visits=_withdrawn(replace(visit, applicant_name=None)))
        case NoticeKind.CALENDAR_UNREADABLE:
            return replace(facts, failing_since=at - timedelta(days=1))
        case NoticeKind.WEBHOOK_FAILING | NoticeKind.WEBHOOK_DISABLED:
            return replace(
                facts, endpoint_url="https://hooks.casaclara.example/booking", failing_since=at - timedelta(days=3)
            )
        case NoticeKind.MOVED:
            return replace(facts, visit=replace(visit, moved_from=visit.start_time - timedelta(days=1, hours=2)))
        case _:
            return replace(facts, visit=visit)


def linked(facts: Facts) -> Facts:
    """Return the facts with the links that an applicant is given."""
    purposes = LINKS.get(facts.kind, ()) if facts.recipient is Recipient.APPLICANT else ()
    return replace(facts, links={one: f"https://visits.casaclara.example/l/{one}" for one in purposes})


def _day(visit: VisitFacts) -> list[VisitFacts]:
    return [
        replace(_later(visit, minutes), applicant_name=name, label=label, address=address)
        for minutes, name, label, address in DAY
    ]


def _withdrawn(visit: VisitFacts) -> list[VisitFacts]:
    return [_later(visit, minutes) for minutes in (0, 45, 24 * 60)]


def _later(visit: VisitFacts, minutes: int) -> VisitFacts:
    later = timedelta(minutes=minutes)
    return replace(visit, start_time=visit.start_time + later, end_time=visit.end_time + later)
