"""Each proof in short; `make chaos` runs them in full. The short form of `searches` is the tests themselves."""

from pathlib import Path

import pytest

from tests.chaos.proofs import PROOFS
from tests.chaos.upgrade.former import told
from tests.support.database import Server

SHORT = {
    "service": 8,
    "relay": 6,
    "histories": 3,
    "rush": 6,
    "messages": 2_000,
    "inside": 2_000,
    "fuzz": 100,
    "upgrade": 1,
    "feed": 5_000,
    "figures": 1_000,
    "schedules": 5,
    "absences": 2,
}

LONG = {
    *("tokens", "network", "dead", "rolling", "crowds", "streams"),
    *("readers", "screenings", "clocks", "rotations", "answers"),
    *("postmaster", "backends", "lists", "receivers", "lives", "senders", "leases"),
    *("jobs", "restores"),
}
"""Proofs that take long even in short: `make chaos` alone runs them."""


def test_every_proof_has_a_short_form_but_a_few() -> None:
    assert PROOFS.keys() - SHORT.keys() == LONG | {"searches"}


@pytest.mark.parametrize("name", SHORT)
def test_nothing_acknowledged_is_lost_or_doubled(name: str, tmp_path: Path, postgres: Server) -> None:
    if name == "upgrade" and not told():
        pytest.skip("a checkout without git's history has no code from before")
    proof, _ = PROOFS[name]
    figures = proof(SHORT[name], tmp_path, postgres)
    assert figures.acknowledged > 0
    assert figures.holds, figures.row
