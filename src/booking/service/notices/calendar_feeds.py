"""Calendar feeds of a person: made and revoked by themselves, and read by its address."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from uuid import UUID

from booking.domain.authority import AgentRight, Right
from booking.domain.keys import Key
from booking.domain.notices.calendar import CalendarEntry
from booking.domain.notices.calendar_feed import CalendarFeed
from booking.domain.notices.facts import EntryOwner, VisitFacts
from booking.domain.notices.refusals import CalendarFeedNotFound
from booking.domain.people.caller import Caller, Side, organization_required
from booking.domain.people.refusals import OrganizationNotFound
from booking.service.ports import NewId


class FeedContent(NamedTuple):
    """A person's visits, by their start."""

    owner: EntryOwner
    visits: Sequence[tuple[CalendarEntry, VisitFacts]]


class CalendarFeeds(Protocol):
    async def add(self, id: UUID, side: Side, digest: bytes, by: Right) -> CalendarFeed:
        """Add a feed of the right's person, known by the hash of its token; TooManyCalendarFeeds."""

    async def of(self, owners: Sequence[Key]) -> Sequence[CalendarFeed]:
        """Return the feeds of these agents and applicants, the oldest first."""

    async def remove(self, id: UUID, rights: Sequence[Right]) -> None:
        """Remove a feed of the person of a right that stands; refused if none does, or CalendarFeedNotFound."""

    async def read(self, organization_id: UUID, digest: bytes) -> FeedContent | None:
        """Return the content of the feed with that hash; None if there is none, or its person is it no more."""


class FeedWriter(Protocol):
    async def tag(self, content: FeedContent) -> str:
        """Return a tag that changes with the calendar."""

    async def write(self, content: FeedContent) -> bytes:
        """Write the calendar."""


class FeedTokens(Protocol):
    """Tokens of feeds, which cannot be made up: they are known without a look into the database."""

    async def new(self, organization_id: UUID) -> str: ...

    async def organization(self, token: str) -> UUID | None: ...


class IssuedFeed(NamedTuple):
    feed: CalendarFeed
    url: str


@dataclass(frozen=True, slots=True)
class CalendarFeedService:
    """`base`: the address under which people reach this service; without, the URL of a feed is relative to it."""

    feeds: CalendarFeeds
    tokens: FeedTokens
    new_id: NewId
    writer: FeedWriter
    base: str | None = None

    async def create(self, caller: Caller, side: Side | None, organization_id: UUID | None) -> IssuedFeed:
        """Create a feed of the caller's visits as an agent, or as an applicant of an organization."""
        right = _right(caller, side, organization_id)
        token = await self.tokens.new(right.key[0])
        url = f"{self.base or ''}/feeds/{token}.ics"
        by = caller.keeping(right, lambda added: IssuedFeed(added, url))
        of = Side.AGENT if isinstance(right, AgentRight) else Side.APPLICANT
        return IssuedFeed(await self.feeds.add(self.new_id(), of, digest_of(token), by), url)

    async def list(self, caller: Caller) -> Sequence[CalendarFeed]:
        owners = [(one.organization_id, one.id) for one in caller.applicants]
        if caller.agent is not None:
            owners.append((caller.agent.organization_id, caller.agent.id))
        return await self.feeds.of(owners)

    async def remove(self, caller: Caller, feed_id: UUID) -> None:
        """Revoke a feed of the caller's own, in any role."""
        rights: list[Right] = [caller.acting_as_agent()] if caller.agent else []
        rights += [caller.acting_as_applicant(one.organization_id) for one in caller.applicants]
        first, *others = rights
        await self.feeds.remove(feed_id, [caller.keeping(first, lambda: None), *others])

    async def open(self, token: str) -> FeedContent:
        """Return the content of a feed; CalendarFeedNotFound for every other token."""
        organization_id = await self.tokens.organization(token)
        content = await self.feeds.read(organization_id, digest_of(token)) if organization_id else None
        if content is None:
            raise CalendarFeedNotFound
        return content


def _right(caller: Caller, side: Side | None, organization_id: UUID | None) -> Right:
    """Return the right of the caller in the role that is named, or else as an agent if they are one."""
    if not caller.looks_as_applicant(side):
        if organization_id not in (None, caller.as_agent().organization_id):
            raise OrganizationNotFound
        return caller.acting_as_agent()
    theirs = [one.organization_id for one in caller.as_applicants()]
    if organization_id is None and len(theirs) > 1:
        raise organization_required()
    if organization_id is not None and organization_id not in theirs:
        raise OrganizationNotFound
    return caller.acting_as_applicant(organization_id or theirs[0], missing=OrganizationNotFound)


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
