"""`make bench`: our service beside the Go peer and PostgreSQL itself, interleaved; each figure with its spread."""

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from bench.runs import Run, median, run
from bench.stage import staged
from bench.targets import SECRET, Target, go, ours, peer_of
from booking.adapters.minting import mint

MODES = ("book", "get", "list", "conflict", "mixed")
PEOPLE = 1000


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the service beside its peer.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--slots", type=int, default=300_000)
    parser.add_argument("--only", choices=["", *MODES], default="")
    parser.add_argument("--peer", default=os.environ.get("GO_PEER", ""))
    chosen = parser.parse_args()
    peer = peer_of(chosen.peer)
    modes = [mode for mode in MODES if chosen.only in ("", mode)]
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as running:
        folder = Path(name)
        tokens = folder / "tokens"
        tokens.write_text("".join(f"{token_of(number)}\n" for number in range(PEOPLE)))
        stage = running.enter_context(staged(folder / "postgres", chosen.slots, peer))
        targets = [running.enter_context(go(stage, folder, peer))] if peer else []
        targets.append(running.enter_context(ours(stage, folder)))
        for mode in modes:
            found = measured(targets, mode, chosen.rounds, chosen.seconds, tokens, stage.postgres.pid)
            tell(mode, found)
    return 0


def token_of(number: int) -> str:
    subject, email = f"cb000000-0000-4000-8000-{number:012x}", f"person{number}@bench.test"
    return mint(SECRET, subject=subject, email=email, lifetime=timedelta(days=1))


def measured(
    targets: list[Target], mode: str, rounds: int, seconds: float, tokens: Path, database: int
) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {target.name: [] for target in targets}
    for target in targets:
        run(target, mode, 1, tokens, database)
    for _ in range(rounds):
        for target in targets:
            found[target.name].append(run(target, mode, seconds, tokens, database))
    return found


def tell(mode: str, found: dict[str, list[Run]]) -> None:
    first = next(iter(found.values()))
    for name, runs in found.items():
        middle = median(runs)
        ratios = sorted(one.rate / other.rate for one, other in zip(runs, first, strict=True))
        told = " ".join(f"{key} {value:,.1f}" for key, value in middle.items())
        print(
            f"{mode:9}{name:6}{ratios[len(ratios) // 2]:6.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})  {told}", flush=True
        )


if __name__ == "__main__":
    sys.exit(main())
