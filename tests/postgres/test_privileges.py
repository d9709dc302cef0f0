"""The serving role can do what the service needs, and nothing that would unmake its promises."""

import pytest

from booking.adapters.postgres.database import Database
from booking.adapters.postgres.privileges import TooPowerful, require_least_privilege
from tests.support.worlds import SERVING_ROLE, as_owner


async def test_the_serving_role_of_the_migrations_is_fit_to_serve(database: Database) -> None:
    await require_least_privilege(database)


async def test_the_owner_and_a_superuser_are_not(owner_url: str) -> None:
    opened = Database(owner_url)
    with pytest.raises(TooPowerful, match="superuser"):
        await require_least_privilege(opened)
    await opened.close()


async def test_nor_is_whoever_could_become_the_owner(database: Database, owner_url: str) -> None:
    await as_owner(owner_url, "CREATE ROLE keeper_of_tables")
    try:
        await as_owner(owner_url, "ALTER TABLE slots OWNER TO keeper_of_tables")
        await as_owner(owner_url, f"GRANT keeper_of_tables TO {SERVING_ROLE}")
        with pytest.raises(TooPowerful, match="owns the tables"):
            await require_least_privilege(database)
    finally:
        await as_owner(owner_url, "REASSIGN OWNED BY keeper_of_tables TO current_user")
        await as_owner(owner_url, "DROP OWNED BY keeper_of_tables")
        await as_owner(owner_url, "DROP ROLE keeper_of_tables")


@pytest.mark.parametrize("table", ["events", "seals", "slots", "bookings", "applicants", "waitlist", "former_logins"])
async def test_the_serving_role_can_neither_truncate_nor_delete_what_it_promised(owner_url: str, table: str) -> None:
    (row,) = await as_owner(
        owner_url,
        "SELECT has_table_privilege($1, $2, 'DELETE') OR has_table_privilege($1, $2, 'TRUNCATE') AS may",
        SERVING_ROLE,
        table,
    )
    assert row["may"] is False
