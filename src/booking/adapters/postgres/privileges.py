"""Least privilege: the serving role can do what the service needs, and nothing that would unmake its promises."""

import sqlalchemy as sa

from booking.adapters.postgres.database import Database
from booking.explained import Explained

POWERS = sa.text(
    """SELECT role.rolsuper AS superuser,
              EXISTS (SELECT FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace
                      AND c.relkind IN ('r', 'p') AND pg_has_role(role.oid, c.relowner, 'USAGE')) AS owner
       FROM pg_roles role WHERE role.rolname = current_user"""
)


class TooPowerful(Explained):
    """The role in DATABASE_URL could change what it must not be able to change."""


async def require_least_privilege(database: Database) -> None:
    """TooPowerful for a superuser, and for whoever owns the tables, or could become their owner."""
    (row,) = await database.fetch(POWERS)
    if row.superuser or row.owner:
        what = "is a superuser" if row.superuser else "owns the tables"
        raise TooPowerful(
            f"the role in DATABASE_URL {what}: serve as a role of its own, and keep the owner's for `booking migrate`"
            " (BOOKING_MIGRATION_DATABASE_URL)"
        )
