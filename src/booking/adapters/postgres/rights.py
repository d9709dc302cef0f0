"""Rights, read again under their locks in the transaction of the change that is made in them."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.domain.authority import AgentRight, ApplicantRight, By
from booking.domain.events import Actor
from booking.domain.keys import Key
from booking.domain.notices.refusals import LinkNotFound
from booking.domain.people.applicant import Applicant
from booking.domain.refusals import Refusal

AGENTS = sql.query("agents", "granting", ("organization_id", "id"))
LINKS = sql.query("links", "granting", ("organization_id", "hash"))
USE_LINKS = sql.query("links", "use", ("organization_id", "hash"))

Roles = tuple[str | None, str | None]
"""Claimed, and provisioned."""


class Granting(NamedTuple):
    """Locked rows that grant rights."""

    agents: Mapping[Key, Roles]
    applicants: Mapping[Key, Applicant]
    links: Collection[bytes] = ()

    def actor(self, by: By) -> Actor:
        """Return the actor of a right that is granted still; refuse any other."""
        match by:
            case AgentRight():
                return by.granted(*self.agents.get(by.key, (None, None)))
            case ApplicantRight():
                if by.link is not None and by.link not in self.links:
                    raise LinkNotFound
                found = self.applicants.get(by.key)
                return by.granted(found.user_id if found else None)
            case Actor():
                return by

    def stands(self, by: By) -> bool:
        try:
            self.actor(by)
        except Refusal:
            return False
        return True


async def agents_granting(transaction: Transaction, rights: Collection[By]) -> Mapping[Key, Roles]:
    """Lock the agents of these rights, before anything else."""
    keys = sorted({right.key for right in rights if isinstance(right, AgentRight)})
    if not keys:
        return {}
    rows = await transaction.fetch(AGENTS, *zip(*keys, strict=True))
    return {(row.organization_id, row.id): (row.claimed_role, row.provisioned_role) for row in rows}


async def links_granting(transaction: Transaction, rights: Collection[By]) -> Collection[bytes]:
    """Lock the links of these rights, after their slots and people; return the unused, valid ones."""
    links = sorted(_links(rights))
    return [row.hash for row in await transaction.fetch(LINKS, *zip(*links, strict=True))] if links else ()


async def use_links(transaction: Transaction, rights: Collection[By]) -> None:
    """Note that links are used."""
    if links := _links(rights):
        await transaction.execute(USE_LINKS, *zip(*links, strict=True))


def _links(rights: Collection[By]) -> Sequence[tuple[UUID, bytes]]:
    return [
        (right.key[0], right.link) for right in rights if isinstance(right, ApplicantRight) and right.link is not None
    ]


async def granted(transaction: Transaction, by: AgentRight) -> Actor:
    """Return the actor of an agent's right, which stays granted until the transaction ends."""
    return Granting(await agents_granting(transaction, [by]), {}).actor(by)
