"""Feed in PostgreSQL: events of the organizations in view, and their ends, watched for all who wait."""

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.events import recorded_from
from booking.domain.delivery.feed import ABOUT_PLACES, AVAILABILITY_CHANGED, Heard, Standing, Stretch, View
from booking.domain.people.caller import Caller

SECRET = sql.query("feed", "secret")
VIEWS = sql.query("feed", "views", ("organization_ids", "claimed", "agent_id", "subject"))
STANDINGS = sql.query("feed", "standings", ("numbers", "organization_ids", "claims", "agent_ids", "subjects"))
PAGE = sql.query(
    "feed",
    "page",
    (
        *("organization_ids", "agent_ids", "admins", "applicant_ids", "afters", "uptos"),
        *("types", "about_places", "places_wanted", "most"),
    ),
)
MOVED = sql.query("feed", "moved", ("seen",))


class PostgresFeeds:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def secret(self) -> bytes:
        (row,) = await self._database.fetch(SECRET)
        secret: bytes = row.secret
        return secret

    async def views(self, caller: Caller) -> tuple[int, Sequence[View]]:
        agent = caller.agent
        rows = await self._database.fetch(
            VIEWS, caller.organizations, caller.claimed, agent and agent.id, caller.subject
        )
        views = [
            View(
                organization_id=row.organization_id,
                agent_id=row.agent_id,
                admin=bool(row.admin),
                applicant_id=row.applicant_id,
                first=row.first,
                last=row.last,
            )
            for row in rows
            if row.organization_id
        ]
        return rows[0].epoch, views

    async def standings(self, callers: Sequence[Caller]) -> tuple[int, Sequence[Mapping[UUID, Standing]]]:
        asked = [
            (number, one, caller.claimed, caller.agent and caller.agent.id, caller.subject)
            for number, caller in enumerate(callers)
            for one in caller.organizations
        ]
        found: list[dict[UUID, Standing]] = [{} for _ in callers]
        rows = await self._database.fetch(STANDINGS, *zip(*asked, strict=True))
        for row in rows:
            if row.organization_id:
                standing = Standing(row.agent_id, bool(row.admin), row.applicant_id)
                found[row.number][row.organization_id] = standing
        return rows[0].epoch, found

    async def page(self, read: Sequence[Stretch], *, types: Collection[str], limit: int) -> Sequence[Heard]:
        asked = [
            (one.view.organization_id, one.view.agent_id, one.view.admin, one.view.applicant_id, one.after, one.upto)
            for one in read
            if one.after < one.upto
        ]
        if not asked:
            return ()
        places_wanted = not types or AVAILABILITY_CHANGED in types
        rows = await self._database.fetch(
            PAGE, *zip(*asked, strict=True), list(types), sorted(ABOUT_PLACES), places_wanted, limit
        )
        return [Heard(recorded_from(row), row.organization_position, row.by_name, row.as_places) for row in rows]


class Ear:
    """Listener that is woken up by every look that finds something of its organizations."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()
        self.over = False

    async def news(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.woken.wait()
        except TimeoutError:
            return False
        self.woken.clear()
        return not self.over


class PostgresHeads:
    """Ends of all organizations, looked at in one statement for all listeners, and only while there is a listener."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ears: dict[UUID, set[Ear]] = {}
        self._seen: int | None = None
        self._over = False

    @contextmanager
    def listening(self, organizations: Collection[UUID]) -> Iterator[Ear]:
        ear = Ear()
        for one in organizations:
            self._ears.setdefault(one, set()).add(ear)
        if self._over:
            self._wake(organizations)
        try:
            yield ear
        finally:
            for one in organizations:
                self._ears[one].discard(ear)
                if not self._ears[one]:
                    del self._ears[one]

    async def look(self, others: Collection[UUID]) -> Collection[UUID]:
        if not self._ears and not others:
            self._seen = None
            return ()
        (row,) = await self._database.fetch(MOVED, self._seen)
        first, self._seen = self._seen is None, row.last
        moved: Collection[UUID] = {*self._ears, *others} if first else row.organization_ids
        self._wake(moved)
        return moved

    async def end(self) -> None:
        """Let all who wait go."""
        self._over = True
        self._wake(list(self._ears))

    def _wake(self, organizations: Collection[UUID]) -> None:
        for one in organizations:
            for ear in self._ears.get(one, ()):
                ear.over = self._over
                ear.woken.set()
