"""What tests of PostgreSQL itself may ask for."""

import pytest

from tests.support.worlds import SERVING_ROLE, as_owner


@pytest.fixture
async def patience(owner_url: str) -> None:
    """Locks are waited for as long as it takes to look, on a machine that is busy, too."""
    name = (await as_owner(owner_url, "SELECT current_database() AS name"))[0]["name"]
    for setting in ("lock_timeout", "statement_timeout"):
        await as_owner(owner_url, f"ALTER ROLE {SERVING_ROLE} IN DATABASE {name} SET {setting} = '60s'")
