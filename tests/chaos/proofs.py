"""The proofs: each injects a fault for so many rounds, and says what was lost or doubled."""

from collections.abc import Callable
from pathlib import Path

from tests.chaos.cells import computed
from tests.chaos.clock.clocks import wrong_clocks
from tests.chaos.crowd.crowds import crowded
from tests.chaos.feed_readers import heard_across_kills
from tests.chaos.figures import Figures
from tests.chaos.forged.messages import forged_messages
from tests.chaos.forged.tokens import forged_tokens
from tests.chaos.hearing import heard
from tests.chaos.history.histories import histories
from tests.chaos.leases import frozen_holders
from tests.chaos.lists.lists import listed
from tests.chaos.lives import lived
from tests.chaos.lost_answers import lost_answers
from tests.chaos.outages import faulty_network, killed_postmaster, killed_service, terminated_backends
from tests.chaos.outside.dead_endpoint import dead_endpoint
from tests.chaos.outside.inside import ways_inside
from tests.chaos.outside.receivers import stopped_receivers
from tests.chaos.outside.rotations import rotated_secrets
from tests.chaos.planning.absences import absences
from tests.chaos.planning.jobs import stopped_jobs
from tests.chaos.queue.screenings import shuffled_screenings
from tests.chaos.relays import stopped_relays
from tests.chaos.restores import restored
from tests.chaos.schedules import schedules
from tests.chaos.searches import searched
from tests.chaos.senders import stopped_senders
from tests.chaos.streams import cut_streams
from tests.chaos.traffic import rolling_restart, rush
from tests.chaos.upgrade.upgrades import upgraded
from tests.support.database import Server

Proof = Callable[[int, Path, Server], Figures]


def fuzzed(rounds: int, folder: Path, server: Server) -> Figures:
    # Only here: schemathesis takes seconds to import, and every forked instance imports what is imported above.
    from tests.chaos.fuzz.fuzzing import fuzz

    return fuzz(rounds, folder, server)


PROOFS: dict[str, tuple[Proof, int]] = {
    "service": (killed_service, 2000),
    "postmaster": (killed_postmaster, 200),
    "backends": (terminated_backends, 500),
    "network": (faulty_network, 1000),
    "relay": (stopped_relays, 500),
    "senders": (stopped_senders, 500),
    "jobs": (stopped_jobs, 200),
    "answers": (lost_answers, 500),
    "leases": (frozen_holders, 200),
    "screenings": (shuffled_screenings, 20_000),
    "histories": (histories, 2000),
    "rush": (rush, 5000),
    "tokens": (forged_tokens, 50_000),
    "messages": (forged_messages, 50_000),
    "inside": (ways_inside, 50_000),
    "rotations": (rotated_secrets, 1_000),
    "receivers": (stopped_receivers, 500),
    "dead": (dead_endpoint, 5_000),
    "fuzz": (fuzzed, 50_000),
    "rolling": (rolling_restart, 100),
    "upgrade": (upgraded, 10),
    "crowds": (crowded, 60),
    "clocks": (wrong_clocks, 4),
    "feed": (heard, 1_000_000),
    "readers": (heard_across_kills, 200),
    "streams": (cut_streams, 10_000),
    "lists": (listed, 1_000_000),
    "figures": (computed, 100_000),
    "lives": (lived, 10_000),
    "schedules": (schedules, 5_000),
    "absences": (absences, 2_000),
    "restores": (restored, 20),
    "searches": (searched, 50),
}
"""By the name that ONLY= picks, with the rounds of `make chaos`."""
