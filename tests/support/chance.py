"""Random search: the same on every run of the tests, free where SEED is set, as `make chaos` does.

A seed that found something finds it again: SEED=… in the environment, and --hypothesis-seed=… for Hypothesis.
"""

import os
import random
import secrets

from hypothesis import HealthCheck, settings

FIXED = "0"


def chance() -> tuple[str, random.Random]:
    """The seed, and numbers by it."""
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    return seed, random.Random(seed)


def examples(number: int) -> int:
    """How many examples a search takes: this number, SEARCH times."""
    return number * int(os.environ.get("SEARCH", "1"))


def settle() -> None:
    """Let every search of this process take the same course on each run, unless SEED says another one."""
    fixed = os.environ.setdefault("SEED", FIXED) == FIXED
    settings.register_profile(
        "search",
        derandomize=fixed,
        database=None,
        print_blob=True,
        max_examples=examples(100),
        deadline=None,  # how long an example takes says how busy the machine is
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("search")
