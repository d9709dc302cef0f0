"""Profiles of agents in PostgreSQL: written by their own word, and filled in from their tokens."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.tables.people import profiles
from booking.domain.keys import Key
from booking.domain.people.agent import Profile, followed
from booking.domain.people.caller import Claims

COUNT_CHANGE = sql.query("names", "count_change", ("organization_id",))


async def save_profile(transaction: Transaction, key: Key, said: Mapping[str, str | None]) -> None:
    """Write these fields of a profile, and leave the others."""
    organization_id, agent_id = key
    first = insert(profiles).values(organization_id=organization_id, agent_id=agent_id, **said)
    await transaction.execute(
        first.on_conflict_do_update(
            index_elements=[profiles.c.organization_id, profiles.c.agent_id],
            set_={**said, "updated_at": first.excluded.updated_at},
        )
    )
    if "name" in said:
        await count_change_of_names(transaction, organization_id)


async def count_change_of_names(transaction: Transaction, organization_id: UUID) -> None:
    """Make pages that show agents' names be read anew."""
    await transaction.execute(COUNT_CHANGE, organization_id)


async def follow_token(transaction: Transaction, key: Key, row: Row | None, claims: Claims) -> None:
    """Write the name and email of a token, as far as they are news. `row`: the agent's, locked."""
    if row is not None and row.erased_at is not None:
        return
    known = Profile(name=row.name, email=row.email) if row is not None else Profile()
    if news := followed(known, name=claims.name, email=claims.vouched_email):
        await save_profile(transaction, key, news)
