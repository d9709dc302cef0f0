"""Links of messages: which ones, for whom, and how often the database is asked."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from booking.domain.notices.attempt import Attempt
from booking.domain.notices.facts import AgencyFacts, Facts
from booking.domain.notices.link import Link, LinkPurpose, LinkTarget
from booking.domain.notices.notice import NoticeKind, Recipient
from booking.domain.people.contact import Channel
from booking.domain.values import replace
from booking.domain.visits.booking import BookingStatus
from booking.service.notices.link_maker import LinkMaker

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
TARGET = LinkTarget(
    organization_id=UUID(int=1),
    booking_id=UUID(int=2),
    applicant_id=UUID(int=3),
    sequence=4,
    status=BookingStatus.CONFIRMED,
    deadline=None,
    start_time=NOW + timedelta(hours=2),
    end_time=NOW + timedelta(hours=3),
)


class Saved:
    def __init__(self) -> None:
        self.calls: list[Sequence[Link]] = []

    async def add(self, links: Sequence[Link], by: object = None) -> None:
        self.calls.append(links)


class Tokens:
    async def new(self, organization_id: UUID) -> str:
        return f"token-{organization_id.int}"


def attempt(kind: NoticeKind, target: LinkTarget | None = TARGET, channel: Channel = Channel.EMAIL) -> Attempt:
    agency = AgencyFacts(time_zone="UTC")
    return Attempt(
        organization_id=UUID(int=1),
        id=uuid4(),
        recipient_id=UUID(int=3),
        number=1,
        kind=kind,
        channel=channel,
        address="ada@example.com",
        facts=Facts(kind=kind, recipient=Recipient.APPLICANT, at=NOW, agency=agency),
        link_target=target,
    )


def maker(saved: Any, base: str | None = "https://x.example") -> LinkMaker:
    tokens: Any = Tokens()
    return LinkMaker(saved, tokens, base)


ACTS = [LinkPurpose.CANCEL, LinkPurpose.MOVE, LinkPurpose.CALENDAR]


@pytest.mark.parametrize(
    ("kind", "change", "purposes"),
    [
        (NoticeKind.CONFIRMED, {}, ACTS),
        (NoticeKind.REMINDER, {}, [LinkPurpose.CONFIRM, *ACTS]),
        (NoticeKind.REMINDER, {"coming": True}, ACTS),
        (NoticeKind.REQUESTED, {"status": BookingStatus.PENDING_APPROVAL, "deadline": NOW}, ACTS),
        (
            NoticeKind.OFFER_MADE,
            {"status": BookingStatus.OFFERED, "deadline": NOW + timedelta(minutes=1)},
            [LinkPurpose.ACCEPT_OFFER, LinkPurpose.DECLINE_OFFER],
        ),
        (NoticeKind.OFFER_ENDING, {"status": BookingStatus.OFFERED, "deadline": NOW}, []),
        (NoticeKind.CANCELLED, {"status": BookingStatus.CANCELLED_BY_AGENT}, []),
        (
            NoticeKind.RELEASED,
            {"status": BookingStatus.CANCELLED_UNCONFIRMED, "deadline": NOW + timedelta(minutes=30)},
            [LinkPurpose.CONFIRM],
        ),
        (NoticeKind.RELEASED, {"status": BookingStatus.CANCELLED_UNCONFIRMED, "deadline": NOW}, []),
        (NoticeKind.REMINDER, {"start_time": NOW}, [LinkPurpose.CALENDAR]),
    ],
)
async def test_a_message_has_the_links_that_its_visit_allows(
    kind: NoticeKind, change: dict[str, Any], purposes: list[LinkPurpose]
) -> None:
    saved = Saved()
    (given,) = await maker(saved).given([attempt(kind, replace(TARGET, **change))])
    assert given.facts.links == dict.fromkeys(purposes, "https://x.example/l/token-1")
    assert [one.purpose for call in saved.calls for one in call] == purposes


async def test_the_links_of_all_messages_are_saved_together_for_the_booking_as_it_is() -> None:
    saved = Saved()
    attempts = [attempt(NoticeKind.CONFIRMED), attempt(NoticeKind.CONFIRMED, None), attempt(NoticeKind.REMINDER)]
    given = await maker(saved).given([*attempts, attempt(NoticeKind.REMINDER, channel=Channel.SMS)])
    assert [len(one.facts.links) for one in given] == [3, 0, 4, 0]
    (links,) = saved.calls
    assert {(one.booking_id, one.sequence, one.applicant_id) for one in links} == {(UUID(int=2), 4, UUID(int=3))}
    assert {one.expires_at for one in links} == {TARGET.start_time, TARGET.end_time}


@pytest.mark.parametrize("kind", [NoticeKind.OFFER_MADE, NoticeKind.OFFER_ENDING])
async def test_an_offer_to_a_phone_has_the_link_that_accepts_it(kind: NoticeKind) -> None:
    offer = replace(TARGET, status=BookingStatus.OFFERED, deadline=NOW + timedelta(minutes=1))
    (given,) = await maker(Saved()).given([attempt(kind, offer, Channel.WHATSAPP)])
    assert given.facts.links == {LinkPurpose.ACCEPT_OFFER: "https://x.example/l/token-1"}


async def test_a_release_to_a_phone_has_the_link_that_takes_the_visit_back() -> None:
    released = replace(TARGET, status=BookingStatus.CANCELLED_UNCONFIRMED, deadline=NOW + timedelta(minutes=30))
    (given,) = await maker(Saved()).given([attempt(NoticeKind.RELEASED, released, Channel.SMS)])
    assert given.facts.links == {LinkPurpose.CONFIRM: "https://x.example/l/token-1"}


async def test_without_an_address_of_the_service_there_are_none() -> None:
    saved, attempts = Saved(), [attempt(NoticeKind.CONFIRMED)]
    assert await maker(saved, None).given(attempts) == attempts
    assert saved.calls == []
