"""Rights of agents and applicants, granted under the locks of their rows."""

from collections.abc import Collection, Iterable, Mapping

from booking.adapters.postgres import sql
from booking.adapters.postgres.engine.database import Transaction
from booking.adapters.postgres.engine.pool import Row
from booking.adapters.postgres.people.rows import applicant_from
from booking.adapters.postgres.rights import Granting, agents_granting
from booking.domain.authority import ApplicantRight, By
from booking.domain.keys import Key
from booking.domain.people.applicant import Applicant

LOCK = sql.query("applicants", "lock_in_order", ("organization_id", "id"))


async def people_granting(transaction: Transaction, rights: Collection[By]) -> Granting:
    """Lock the agents of these rights, then the applicants."""
    agents = await agents_granting(transaction, rights)
    keys = [right.key for right in rights if isinstance(right, ApplicantRight)]
    return Granting(agents, await locked_applicants(transaction, keys))


async def locked_applicants(transaction: Transaction, keys: Collection[Key]) -> Mapping[Key, Applicant]:
    """Lock applicants in the order of their keys, and return the existing ones."""
    return by_key(await transaction.fetch(LOCK, *zip(*keys, strict=True))) if keys else {}


def by_key(rows: Iterable[Row]) -> Mapping[Key, Applicant]:
    """Return the applicants of rows, by their keys."""
    return {(one.organization_id, one.id): one for one in map(applicant_from, rows)}
