"""Lives of schedules by chance: after any changes the slots are those that the oracle says."""

from random import Random

import pytest

from tests.support.schedule_lives import Life


@pytest.mark.parametrize("number", range(20))
async def test_after_any_changes_of_a_schedule_its_slots_are_those_of_the_oracle(number: int) -> None:
    assert await Life(Random(f"schedule {number}")).run(8) == []
