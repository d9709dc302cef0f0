"""Chance in tests: the same on every run, unless SEED says otherwise."""

import os
import random

from hypothesis import settings

from tests.support.chance import FIXED, chance


def test_searches_take_the_same_course_on_every_run_unless_a_seed_says_another() -> None:
    used = settings()
    assert (used.derandomize, used.database) == (os.environ["SEED"] == FIXED, None)


def test_each_test_begins_with_the_same_chance_whichever_ran_before_it() -> None:
    seed, _ = chance()
    mine = "tests/unit/test_chance.py::test_each_test_begins_with_the_same_chance_whichever_ran_before_it"
    assert random.random() == random.Random(f"{seed} {mine}").random()
