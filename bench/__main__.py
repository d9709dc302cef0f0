"""`make bench`: our service beside former releases, the Go peer and PostgreSQL, interleaved; figures with their spread.

Writes bench/results/<date>-<commit>.json, and docs/performance.md from it.
"""

import argparse
import asyncio
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from bench import page
from bench.figures import heap_only, month, rivals, starts
from bench.growth import SIZES, growth
from bench.operations import beside, operations, turns_of
from bench.postgres import Pgbench, pgbench_for
from bench.releases import OURS, former
from bench.results import Results, told
from bench.runs import KEYED, Run, run
from bench.screenings import MESSAGES
from bench.stage import SPARE, Stage, program, staged
from bench.targets import SECRET, Target, go, ours, peer_of
from booking.adapters.tokens.minting import mint

MODES = ("book", "get", "list", "conflict", "mixed", "cancel", "hold")
WITH_KEYS = ("book", "cancel", "hold")
"""Of these kinds of work each is measured with keys, too, in the same rounds."""

OPERATIONS = "operations"
PEERS = MODES[:5]
"""What the Go peer can do."""

PEOPLE = 1000
ORGANIZATIONS = 5


def main() -> int:
    chosen = _arguments()
    peer = peer_of(chosen.peer)
    for name in ("wrk", "psql", "pgbench") if peer else ("wrk",):
        program(name)  # before half an hour is spent
    results = Results.begun(chosen.rounds, chosen.seconds)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as running:
        folder = Path(name)
        people = [token_of(number) for number in range(PEOPLE)]
        tokens = folder / "tokens"
        tokens.write_text("".join(f"{token}\n" for token in people))
        releases = [OURS, *(running.enter_context(former(commit, folder)) for commit in chosen.against)]
        stage = running.enter_context(staged(folder / "postgres", chosen.slots, peer, releases))
        peers = [running.enter_context(go(stage, folder, peer))] if peer else []
        with ExitStack() as serving:
            served = [serving.enter_context(ours(stage, folder, release=release)) for release in releases]
            took: dict[str, list[float]] = {}
            for mode in [mode for mode in MODES if chosen.only in ("", mode)]:
                if not chosen.quick:  # each time, for one minute differs from the next by more than two starts
                    for started, seconds in starts(stage, folder).items():
                        took.setdefault(started, []).extend(seconds)
                pgbench = pgbench_for(stage, peer) if mode == "book" else None
                contenders = [*(peers if mode in PEERS else []), *served]
                kinds = (mode, f"{mode}{KEYED}") if mode in WITH_KEYS else (mode,)
                for kind, found in measured(contenders, kinds, chosen, tokens, stage, pgbench).items():
                    results.add(kind, found)
                    tell(results, kind)
            if chosen.only in ("", OPERATIONS):
                results.operations = one_caller(stage, served, people, chosen.rounds)
            if not chosen.only:
                for release in releases:
                    results.figures[f"memory of two workers (PSS), {release.name}"] = results.memory(release.name)
            if not (chosen.only or chosen.quick):
                results.figures |= heap_only(stage)
                results.figures |= rivals(stage, served[0], people, chosen.rounds)
        for started, seconds in took.items():
            results.figures[f"from start to the first 200, {started}"] = told(seconds, "s", 2)
        if not (chosen.only or chosen.quick):
            results.figures |= month(stage, folder, chosen.screenings)
        for name, value in results.figures.items():
            print(f"{name}: {value}", flush=True)
        if not (chosen.only or chosen.quick):
            results.growth = growth(folder, chosen.growth, people)
            print(results.write())
            page.write(results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog='make bench ARGS="…"', description="Measure the service beside its peers.")
    parser.add_argument("--against", nargs="+", default=[], metavar="COMMIT", help="also the services of these commits")
    parser.add_argument(
        "--only", choices=["", *MODES, OPERATIONS], default="", help="one kind of work; nothing is written"
    )
    parser.add_argument(
        "--quick", action="store_true", help="see in two minutes that all of it runs; nothing is written"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--slots", type=int, default=600_000)
    parser.add_argument("--screenings", type=int, default=MESSAGES)
    parser.add_argument("--growth", type=int, nargs="+", default=SIZES, help="so many slots, one after the other")
    parser.add_argument("--peer", default=os.environ.get("GO_PEER", ""), help="the folder of the Go peer")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.rounds, chosen.seconds, chosen.slots = 1, 1.0, 60_000
    return chosen


def token_of(number: int) -> str:
    subject, email = f"cb000000-0000-4000-8000-{number:012x}", f"person{number}@bench.test"
    return mint(SECRET, subject=subject, email=email, lifetime=timedelta(days=1))


def measured(
    targets: list[Target],
    kinds: tuple[str, ...],
    chosen: argparse.Namespace,
    tokens: Path,
    stage: Stage,
    pgbench: Pgbench | None,
) -> dict[str, dict[str, list[Run]]]:
    """By kind of work and target: each once to warm up, then in turn, once what the one before has left is done."""
    found: dict[str, dict[str, list[Run]]] = {kind: {target.name: [] for target in targets} for kind in kinds}
    for number in range(chosen.rounds + 1):
        for kind in kinds:
            for target in targets:
                seconds = chosen.seconds if number else min(2.0, chosen.seconds)
                asyncio.run(_prepared(stage, target, kind, seconds))
                one = run(target, kind, seconds, tokens, stage.postgres.pid)
                if number:
                    found[kind][target.name].append(one)
            if pgbench is not None and number and kind == kinds[0]:
                asyncio.run(stage.settled())
                found[kind].setdefault(pgbench.name, []).append(pgbench.run(chosen.seconds))
    for kind, runs in found.items():
        wrong = sum(one.wrong for one in runs[OURS.name])
        assert wrong <= len(runs[OURS.name]) * 40, f"{kind}: {wrong} wrong answers"  # of requests that the end cut off
    most = max(target.used for target in targets)
    assert most <= stage.slots // 2, f"{most:,} slots are booked, of {stage.slots // 2:,}: give more by --slots"
    return found


async def _prepared(stage: Stage, target: Target, kind: str, seconds: float) -> None:
    await stage.settled()
    if target.database is None:
        return
    if kind.startswith("hold"):
        await stage.let_hold(target.database)
    elif kind.startswith("cancel"):
        first, target.spare = target.spare, max(target.spare, target.cancelled + round(seconds * SPARE))
        assert target.spare <= stage.slots, "there are too few slots to cancel bookings of: give more by --slots"
        await stage.book(target.database, first, target.spare)


def one_caller(
    stage: Stage, served: list[Target], people: list[str], rounds: int
) -> dict[str, dict[str, dict[str, float]]]:
    for target in served:
        assert target.database
        asyncio.run(stage.live_a_while(target.database, turns_of(rounds)))
    found = operations(served, people[::ORGANIZATIONS], rounds)
    for name, by in found.items():
        for operation, took in by.items():
            asked = beside(operation)
            ratio = took["median"] / by[asked[0]]["median"] if asked else 1.0
            compared = f"{ratio:.2f} of {asked[0]}, at most {asked[1]:g}{' !' * (ratio > asked[1])}" if asked else ""
            print(f"{name:9}{operation:25}{took['median']:8.2f} ms  {compared}", flush=True)
    return found


def tell(results: Results, mode: str) -> None:
    for name in results.modes[mode]:
        cost = results.costs(mode, name)
        costs = "  ".join(f"{what} {one['median']:,.1f}" for what, one in cost.items())
        print(f"{mode:14}{name:9}{costs}", flush=True)
    for other, found in results.ratios().get(mode, {}).items():
        print(f"{mode:14}ours is {{median:.2f}} ({{min:.2f}} to {{max:.2f}}) of {other}".format(**found), flush=True)


if __name__ == "__main__":
    sys.exit(main())
