"""Whatever a test did, the store it leaves behind is sound."""

from collections.abc import AsyncIterator

import pytest

from tests.support.worlds import World


@pytest.fixture
async def world(world: World) -> AsyncIterator[World]:
    """The same world, audited after the test: no invariant is broken by any row."""
    yield world
    broken = {name: count for name, count in (await world.store.auditor.violations()).items() if count}
    assert broken == {}
