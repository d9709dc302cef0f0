"""The proofs: each injects a fault for so many rounds, and says what was lost or doubled."""

from collections.abc import Callable
from pathlib import Path

from tests.chaos.figures import Figures
from tests.chaos.histories import histories
from tests.chaos.outages import faulty_network, killed_postmaster, killed_service, terminated_backends
from tests.chaos.relays import stopped_relays
from tests.chaos.traffic import rolling_restart, rush
from tests.support.database import Server

Proof = Callable[[int, Path, Server], Figures]

PROOFS: dict[str, tuple[Proof, int]] = {
    "service": (killed_service, 2000),
    "postmaster": (killed_postmaster, 200),
    "backends": (terminated_backends, 500),
    "network": (faulty_network, 1000),
    "relay": (stopped_relays, 500),
    "histories": (histories, 2000),
    "rush": (rush, 5000),
    "rolling": (rolling_restart, 100),
}
"""By the name that ONLY= picks, with the rounds of `make chaos`."""
