"""The tables in another schema than `public`, by `search_path` in the URL alone: as cells of a distributed engine are.

All of the contract and all of these tests in one: `make test ARGS="tests/contract tests/postgres"` with
BOOKING_TEST_SCHEMA=cell_1.
"""

from collections.abc import AsyncIterator

import pytest

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.privileges import require_least_privilege
from tests.contract.test_bookings import (  # noqa: F401 - tests, once more
    test_of_fifty_rivals_exactly_one_wins,
    test_the_write_itself_refuses_the_ineligible_and_the_started,
)
from tests.contract.test_erasure import *  # noqa: F403
from tests.contract.test_outbox import *  # noqa: F403
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import PostgresWorld, as_owner, migrated_template


@pytest.fixture(scope="module")
def schema() -> str:
    return "cell_1"


@pytest.fixture(scope="module")
async def template(postgres: Server, schema: str) -> AsyncIterator[str]:
    async with migrated_template(postgres, schema) as name:
        yield name


@pytest.fixture
def world(database: Database, owner_url: str) -> PostgresWorld:
    return PostgresWorld(postgres_store(database), owner_url, database)


async def test_all_that_is_made_is_in_that_schema_and_no_more_is_granted_there(
    database: Database, owner_url: str
) -> None:
    await require_least_privilege(database)
    (found,) = await as_owner(
        owner_url,
        """
        SELECT (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS relations,
               (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) AS functions,
               (SELECT array_agg(DISTINCT setting) FROM pg_proc, unnest(proconfig) AS setting WHERE prosecdef) AS pinned
        """,
    )
    assert dict(found) == {"relations": 0, "functions": 0, "pinned": ["search_path=cell_1, pg_temp"]}
