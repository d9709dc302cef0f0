from datetime import UTC, datetime

from booking.domain.notice import RECIPIENTS, NoticeKind, Recipient
from booking.domain.notice_facts import AgencyFacts, Facts


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
