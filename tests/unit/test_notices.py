from datetime import UTC, datetime
from uuid import uuid4

from booking.domain.notices.facts import AgencyFacts, Facts
from booking.domain.notices.notice import RECIPIENTS, NoticeKind, Recipient
from booking.domain.people.organization import Organization
from booking.domain.values import replace


def test_somebody_can_be_told_of_each_kind_and_each_is_told_once() -> None:
    assert RECIPIENTS.keys() == set(NoticeKind)
    assert all(len(recipients) == len(set(recipients)) > 0 for recipients in RECIPIENTS.values())


def test_a_kind_is_named_by_the_snake_case_of_its_name() -> None:
    assert [kind.value for kind in NoticeKind] == [kind.name.lower() for kind in NoticeKind]


def test_facts_that_are_not_known_are_none() -> None:
    facts = Facts(
        kind=NoticeKind.AGENT_DAY,
        recipient=Recipient.AGENT,
        at=datetime(2027, 3, 1, tzinfo=UTC),
        agency=AgencyFacts(time_zone="Europe/Lisbon"),
    )
    assert (facts.visit, facts.visits, facts.agency.colour, facts.locale) == (None, (), None, None)


def test_an_agency_is_shown_as_its_organization_says_and_answers_go_to_its_address_unless_it_names_another() -> None:
    named = Organization(
        id=uuid4(),
        name="Havel & Spree",
        time_zone="Europe/Berlin",
        locale="de-DE",
        email="office@example.com",
        phone="+493012345678",
        website="https://example.com",
        colour="#1f4b99",
        logo_url="https://example.com/logo.png",
    )
    facts = AgencyFacts(
        name="Havel & Spree",
        time_zone="Europe/Berlin",
        locale="de-DE",
        reply_to="office@example.com",
        phone="+493012345678",
        website="https://example.com",
        colour="#1f4b99",
        logo_url="https://example.com/logo.png",
    )
    assert AgencyFacts.of(named) == facts
    elsewhere = replace(named, reply_to="visits@example.com")
    assert AgencyFacts.of(elsewhere) == replace(facts, reply_to="visits@example.com")
    assert AgencyFacts.of(Organization(id=uuid4())) == AgencyFacts(time_zone="UTC")
