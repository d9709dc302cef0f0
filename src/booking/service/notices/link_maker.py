"""Making of links, for people who ask for them and for messages that are handed over."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from booking.domain.authority import ApplicantRight
from booking.domain.notices.attempt import Attempt
from booking.domain.notices.facts import AgencyFacts
from booking.domain.notices.link import Link, LinkPurpose, LinkTarget, MadeLink
from booking.domain.notices.notice import NoticeKind
from booking.domain.people.applicant import Applicant
from booking.domain.people.contact import Channel
from booking.domain.values import Value, replace
from booking.service.ports import Lease


class KnownLink(Value, kw_only=True):
    """Link with its person, their language and the agency; `used_at` if it was used."""

    link: Link
    used_at: datetime | None
    applicant: Applicant
    locale: str | None
    agency: AgencyFacts


class Links(Protocol):
    async def add(self, links: Sequence[Link], by: ApplicantRight | None = None) -> None:
        """Save links of people who are neither erased nor barred. With a right: only if it is granted."""

    async def known(self, organization_id: UUID, digest: bytes) -> KnownLink | None:
        """Return a link that has not expired, of a person who is neither erased nor barred."""

    async def forget(self, lease: Lease) -> int:
        """Delete some links that have expired; return their number."""


class LinkTokens(Protocol):
    """Tokens of links, which cannot be made up: they are known without a look into the database."""

    async def new(self, organization_id: UUID) -> str: ...

    async def organization(self, token: str) -> UUID | None:
        """Return the organization of a token that was made here, None of any other text."""


ASKING = (NoticeKind.REMINDER, NoticeKind.RELEASED)


@dataclass(frozen=True, slots=True)
class LinkMaker:
    """Maker of links. `base`: the address under which people reach this service; None: no links are made."""

    links: Links
    tokens: LinkTokens
    base: str | None

    async def make(
        self, wanted: Sequence[tuple[LinkTarget, Sequence[LinkPurpose]]], by: ApplicantRight | None = None
    ) -> Sequence[Sequence[MadeLink]]:
        """Make and save the links of each target, by one statement."""
        saved, made = list[Link](), list[Sequence[MadeLink]]()
        for target, purposes in wanted:
            given = list[MadeLink]()
            for purpose in purposes:
                token = await self.tokens.new(target.organization_id)
                saved.append(_link(target, purpose, token))
                given.append(MadeLink(purpose=purpose, url=f"{self.base}/l/{token}", expires_at=target.until(purpose)))
            made.append(given)
        if saved or by is not None:
            await self.links.add(saved, by)
        return made

    async def given(self, attempts: Sequence[Attempt]) -> Sequence[Attempt]:
        """Return the attempts; e-mails have the links that their recipient can act by.

        A question to a phone has the link that answers it, an offer the one that accepts it, and a release the one that
        takes it back.
        """
        if self.base is None:
            return attempts
        targets = {one.id: one.link_target for one in attempts if one.link_target}
        wanted = [(targets[one.id], _purposes(one, targets[one.id])) for one in attempts if one.id in targets]
        made = dict(zip(targets, await self.make(wanted), strict=True))
        return [_with_links(one, made.get(one.id, ())) for one in attempts]


def _purposes(attempt: Attempt, target: LinkTarget) -> Sequence[LinkPurpose]:
    """Return the acts that a message is for: a reminder alone asks whether its recipient is coming, and that of a
    release.
    """
    possible = target.purposes(attempt.facts.at)
    if attempt.channel is not Channel.EMAIL:
        confirms = attempt.facts.asks or attempt.kind is NoticeKind.RELEASED
        wanted = LinkPurpose.CONFIRM if confirms else LinkPurpose.ACCEPT_OFFER
        return [one for one in possible if one is wanted]
    return [one for one in possible if one is not LinkPurpose.CONFIRM or attempt.kind in ASKING]


def _link(target: LinkTarget, purpose: LinkPurpose, token: str) -> Link:
    return Link(
        organization_id=target.organization_id,
        hash=digest_of(token),
        purpose=purpose,
        booking_id=target.booking_id,
        sequence=target.sequence,
        applicant_id=target.applicant_id,
        expires_at=target.until(purpose),
    )


def _with_links(attempt: Attempt, made: Sequence[MadeLink]) -> Attempt:
    links = {one.purpose: one.url for one in made}
    return replace(attempt, facts=replace(attempt.facts, links=links))


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
