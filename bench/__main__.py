"""`make bench`: our service beside the Go peer and PostgreSQL itself, interleaved; each figure with its spread.

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
from bench.postgres import Pgbench, pgbench_for
from bench.results import Results, told
from bench.runs import Run, run
from bench.screenings import MESSAGES
from bench.stage import Stage, program, staged
from bench.targets import SECRET, Target, go, ours, peer_of
from booking.adapters.tokens.minting import mint

MODES = ("book", "get", "list", "conflict", "mixed")
PEOPLE = 1000


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
        stage = running.enter_context(staged(folder / "postgres", chosen.slots, peer))
        targets = [running.enter_context(go(stage, folder, peer))] if peer else []
        with ExitStack() as serving:
            ourselves = serving.enter_context(ours(stage, folder))
            took = []
            for mode in [mode for mode in MODES if chosen.only in ("", mode)]:
                took += starts(stage, folder)  # each time, for one minute differs from the next by more than two starts
                pgbench = pgbench_for(stage, peer) if mode == "book" else None
                contenders = [*targets, ourselves]
                found = measured(contenders, mode, chosen.rounds, chosen.seconds, tokens, stage, pgbench)
                results.add(mode, found)
                tell(results, mode)
            if not chosen.only:
                results.figures |= {"memory of two workers (PSS)": results.memory()} | heap_only(stage)
                results.figures |= rivals(stage, ourselves, people, chosen.rounds)
        results.figures["from start to the first 200"] = told(took, "s", 2)
        if not chosen.only:
            results.figures |= month(stage, folder, chosen.screenings)
        for name, value in results.figures.items():
            print(f"{name}: {value}", flush=True)
        if not chosen.only:
            results.growth = growth(folder, chosen.growth, people)
            print(results.write())
            page.write(results)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the service beside its peer.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--slots", type=int, default=300_000)
    parser.add_argument("--screenings", type=int, default=MESSAGES)
    parser.add_argument("--growth", type=int, nargs="+", default=SIZES, help="so many slots, one after the other")
    parser.add_argument("--only", choices=["", *MODES], default="", help="one kind of work; nothing is written")
    parser.add_argument("--peer", default=os.environ.get("GO_PEER", ""))
    return parser.parse_args()


def token_of(number: int) -> str:
    subject, email = f"cb000000-0000-4000-8000-{number:012x}", f"person{number}@bench.test"
    return mint(SECRET, subject=subject, email=email, lifetime=timedelta(days=1))


def measured(
    targets: list[Target],
    mode: str,
    rounds: int,
    seconds: float,
    tokens: Path,
    stage: Stage,
    pgbench: Pgbench | None,
) -> dict[str, list[Run]]:
    """Each once to warm up, and then in turn, once what was left of the one before is done."""
    found: dict[str, list[Run]] = {target.name: [] for target in targets}
    for target in targets:
        run(target, mode, 2, tokens, stage.postgres.pid)
    for _ in range(rounds):
        for target in targets:
            asyncio.run(stage.settled())
            found[target.name].append(run(target, mode, seconds, tokens, stage.postgres.pid))
        if pgbench is not None:
            asyncio.run(stage.settled())
            found.setdefault(pgbench.name, []).append(pgbench.run(seconds))
    wrong = sum(one.wrong for one in found["ours"])
    assert wrong <= len(found["ours"]) * 40, f"{mode}: {wrong} wrong answers"  # of requests that the end cut off
    return found


def tell(results: Results, mode: str) -> None:
    for name in results.modes[mode]:
        cost = results.costs(mode, name)
        costs = "  ".join(f"{what} {one['median']:,.1f}" for what, one in cost.items())
        ratio = (
            ""
            if name == "ours"
            else "  ours beside it {median:.2f} ({min:.2f} to {max:.2f})".format(**results.ratio(mode, name, "rate"))
        )
        print(f"{mode:9}{name:8}{costs}{ratio}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
