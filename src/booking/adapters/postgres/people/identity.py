"""Logins in PostgreSQL: agents and applicants of token claims, many in one statement."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.batching import Batches
from booking.adapters.postgres.engine.database import Database, Transaction
from booking.adapters.postgres.events import record
from booking.adapters.postgres.people.agents import Written, set_role
from booking.adapters.postgres.people.rows import applicant_from
from booking.domain.events import Actor
from booking.domain.people import events
from booking.domain.people.agent import Agent, AgentRole
from booking.domain.people.applicant import Applicant, folded, to_link
from booking.domain.people.caller import Claims, Identity
from booking.service.retrying import retry_when_lost


class _Found(NamedTuple):
    """Who somebody is, with all whom they could be linked to; `outdated` where a row claims what the token does not.

    `claimed_at`: when the token was issued that the row follows, if it claims what this one does. `shut_out`: the row
    claims what the token does, and an admin said that they are nobody.
    """

    agent: Agent | None
    applicants: tuple[Applicant, ...]
    outdated: bool
    claimed_at: datetime | None = None
    shut_out: bool = False

    def to_follow(self, claims: Claims) -> bool:
        """Return whether the row has to be written: the token claims another role, or is newer."""
        if self.agent is None and not self.shut_out:
            return self.outdated or claims.agency is not None
        return self.outdated or _is_newer(claims.issued_at, self.claimed_at)


NOBODY = _Found(None, (), False)


class _Login(NamedTuple):
    """`email`, folded, if it is vouched for; the place in an agency, if one is claimed."""

    subject: str
    email: str | None
    organization_id: UUID | None
    role: str | None


_ROLES = frozenset(AgentRole)

LOGINS = sql.query("identity", "logins", _Login._fields)
LOCK = sql.query("identity", "lock", ("organization_id", "id"))
LINK = sql.query("identity", "link", ("organization_id", "id", "subject", "email"))


class PostgresLogins:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._found = Batches(self._of_logins, kind="logins")

    async def of(self, claims: Claims, request_id: str | None) -> Identity:
        """Read first, since the rows say the same as the claims on all calls but the first."""
        by = Actor(subject=claims.subject, role="applicant", request_id=request_id)

        async def attempt() -> _Found:
            found = await self._of_claims(claims)
            if new := to_link(found.applicants, claims.subject):
                await self._link(new, claims, by)
                found = await self._of_claims(claims)
            return found

        found = await retry_when_lost(attempt)
        agent = found.agent
        if found.to_follow(claims):
            agent = await retry_when_lost(lambda: self._follow(claims, request_id)) or agent
        return Identity(agent, tuple(one for one in found.applicants if one.user_id == claims.subject))

    async def _of_claims(self, claims: Claims) -> _Found:
        """With whoever could be linked to the subject, by a vouched email."""
        email, agency = claims.vouched_email, claims.agency
        login = _Login(
            claims.subject,
            None if email is None else folded(email),
            None if agency is None else agency.organization_id,
            None if agency is None else agency.role.value,
        )
        return await self._found.ask(login) or NOBODY

    async def _of_logins(self, asked: Sequence[_Login]) -> Mapping[_Login, _Found]:
        found: dict[_Login, _Found] = {}
        for row in await self._database.fetch(LOGINS, *zip(*asked, strict=True)):
            login = asked[row.number - 1]
            agent, theirs, outdated, claimed_at, shut_out = found.get(login, NOBODY)
            if row.role is None:
                theirs = (*theirs, applicant_from(row))
            elif row.claimed and (row.organization_id, row.role) != (login.organization_id, login.role):
                outdated = True
            elif row.shut_out:
                claimed_at, shut_out = row.claimed_at, True
            elif row.role in _ROLES:  # a newer release may know more of them; here their bearer is nobody
                agent = Agent(id=row.id, organization_id=row.organization_id, role=AgentRole(row.role))
                claimed_at = row.claimed_at
            found[login] = _Found(agent, theirs, outdated, claimed_at, shut_out)
        return found

    async def _follow(self, claims: Claims, request_id: str | None) -> Agent | None:
        """Write down what the token claims, in place of what an earlier one did; the agent that it makes, if any.

        A later one is not overwritten: what an earlier token claims beside it makes nobody an agent.
        """
        agency = claims.agency

        def by(role: str) -> Actor:
            return Actor(subject=claims.subject, role=role, request_id=request_id)

        async def work(transaction: Transaction) -> Mapping[UUID, Written]:
            return await set_role(transaction, "claimed_role", claims.subject, agency, by, claims)

        written = await self._database.unit(work)
        if agency is None or not written or written[agency.organization_id].shut_out:
            return None
        return Agent(id=written[agency.organization_id].id, organization_id=agency.organization_id, role=agency.role)

    async def _link(self, new: tuple[Applicant, ...], claims: Claims, by: Actor) -> None:
        """Link what can be linked still, judged anew under the row's lock.

        Why: of two first calls at once, one links and the other finds it done; and an email, an erasure or a login that
        was taken may have changed since it was read."""

        email = folded(claims.vouched_email or "")

        async def work(transaction: Transaction) -> None:
            for applicant in sorted(new, key=lambda one: (one.organization_id, one.id)):
                known = applicant.organization_id, applicant.id
                await transaction.fetch(LOCK, *known)
                if await transaction.value(LINK, *known, claims.subject, email) is not None:
                    await record(transaction, events.applicant_linked(applicant, by))

        await self._database.unit(work)


def _is_newer(issued_at: datetime | None, claimed_at: datetime | None) -> bool:
    """Return whether a token is newer than the one that the row follows, and has to be noted there."""
    return issued_at is not None and (claimed_at is None or claimed_at < issued_at)
