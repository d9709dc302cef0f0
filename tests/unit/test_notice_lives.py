"""Nothing is sent for what is no more, nothing twice, and each due thing once: over many lives of bookings."""

from random import Random

import pytest
from structlog.testing import capture_logs

from tests.support.chance import chance, examples
from tests.support.notice_lives import PLACES, Life


@pytest.mark.search
@pytest.mark.parametrize(("zone", "begins"), PLACES)
async def test_whatever_happens_people_are_told_once_of_what_is_so(zone: str, begins: object) -> None:
    seed, _ = chance()
    sent = 0
    for number in range(examples(6)):
        with capture_logs():
            life = await Life(Random(f"{seed} {zone} {number}"), zone, begins).run(40)  # type: ignore[arg-type]
        assert life.faults == [], f"life {number} of SEED={seed}"
        sent += len(life.sent)
    assert sent > 0
