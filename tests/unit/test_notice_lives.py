"""Nothing is sent for what is no more, nothing twice, and each due thing once: over many lives of bookings."""

from datetime import date, timedelta
from random import Random

import pytest

from tests.builders import organization
from tests.fakes import State, memory_store
from tests.support.chance import chance, examples
from tests.support.lives.agency import Agency
from tests.support.lives.evidence import MemoryEvidence
from tests.support.lives.town import PLACES, Town, noon_before
from tests.support.worlds import MemoryWorld


@pytest.mark.search
@pytest.mark.parametrize(("zone", "changes"), PLACES)
async def test_whatever_happens_people_are_told_once_of_what_is_so(zone: str, changes: date) -> None:
    seed, _ = chance()
    accepted = 0
    for number in range(examples(1)):
        state, by = State(), Random(f"{seed} {zone} {number}")
        world = MemoryWorld(memory_store(state), state)
        town = Town(
            world, MemoryEvidence(state), [Agency(organization(world.store), by, zone)], by, timedelta(minutes=10)
        )
        assert await town.live(noon_before(changes), 4, 20) == [], f"life {number} of SEED={seed}"
        accepted += town.judge.accepted.total()
    assert accepted > 0
