"""Chance that can be repeated: SEED= in the environment, as a proof that fails says it."""

import os
import random
import secrets


def chance() -> tuple[str, random.Random]:
    """The seed, and numbers by it."""
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    return seed, random.Random(seed)
