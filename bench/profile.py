"""`make profile`: whose code is at work in a worker, kind by kind, and a flame graph of the booking path.

Writes docs/performance.md and bench/results/booking.svg.
"""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import page
from bench.__main__ import PEERS, PEOPLE, token_of
from bench.results import Results, told
from bench.runs import run
from bench.stage import Stage, program, staged
from bench.targets import Target, ours

FLAMES = Path("bench/results/booking.svg")
ROUNDS, SECONDS = 5, 4
SLOTS = 300_000
LEAST = 1.0  # percent: whoever has less of every kind of work is not shown

AT_WORK = re.compile(r"\(([^()]+?)(?::\d+)?\) (\d+)$", re.MULTILINE)
"""In each line of what was seen: the file that was at work, and how often."""

Shares = Mapping[str, float]
"""Percent, by whose code was at work."""


@dataclass(frozen=True)
class Spy:
    target: Target
    stage: Stage
    tokens: Path

    def warm_up(self, mode: str) -> None:
        run(self.target, mode, 2, self.tokens, self.stage.postgres.pid)

    def see(self, mode: str, form: str, output: Path) -> None:
        spy = str(Path(sys.executable).with_name("py-spy"))
        words = [spy, "record", "--format", form, "--output", str(output), "--duration", str(SECONDS), "--pid"]
        seeing = subprocess.Popen([*words, str(self.target.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run(self.target, mode, SECONDS + 1, self.tokens, self.stage.postgres.pid)
        if seeing.wait() != 0:
            sys.exit("py-spy may not look into other processes here: run it as root, or allow ptrace")


def main() -> int:
    program("wrk")
    FLAMES.parent.mkdir(exist_ok=True)
    found: dict[str, list[Shares]] = {mode: [] for mode in PEERS}
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as running:
        folder = Path(name)
        tokens, seen = folder / "tokens", folder / "seen"
        tokens.write_text("".join(f"{token_of(number)}\n" for number in range(PEOPLE)))
        stage = running.enter_context(staged(folder / "postgres", SLOTS, None))
        spy = Spy(running.enter_context(ours(stage, folder, workers=1)), stage, tokens)
        for mode, rounds in found.items():
            spy.warm_up(mode)
            for _ in range(ROUNDS):
                spy.see(mode, "raw", seen)
                rounds.append(shares(seen.read_text()))
            print(f"{mode}: seen", flush=True)
        spy.see("book", "flamegraph", FLAMES)
    page.put(page.PROFILED, _profiled(found))
    print(FLAMES)
    return 0


def shares(seen: str) -> Shares:
    counts = Counter[str]()
    for file, count in AT_WORK.findall(seen):
        counts[_whose(file)] += int(count)
    return {whose: count / counts.total() * 100 for whose, count in counts.items()}


def _profiled(found: Mapping[str, Sequence[Shares]]) -> str:
    everybody = {whose for rounds in found.values() for one in rounds for whose in one}
    rows = [[[one.get(whose, 0.0) for one in rounds] for rounds in found.values()] for whose in everybody]
    named = sorted(zip(everybody, rows, strict=True), key=lambda row: -sum(map(median, row[1])))
    shown = [(whose, row) for whose, row in named if max(map(median, row)) >= LEAST]
    results = Results.begun(ROUNDS, SECONDS)
    head = (
        f"\n{results.at}, commit `{results.commit}`, {results.machine}; percent of one worker at work,\n"
        f"medians (least to most) of {ROUNDS} rounds of {SECONDS} s, by `py-spy`. What is written in C counts for the\n"
        f"Python that calls it: uvloop for asyncio.\n\n| code of | {' | '.join(found)} |\n|---|{'---|' * len(found)}\n"
    )
    return head + "".join(f"| {whose} | {' | '.join(map(told, row))} |\n" for whose, row in shown) + "\n"


def _whose(file: str) -> str:
    """A package of ours, a library's, or what comes with Python."""
    parts = Path(file).parts
    if len(parts) == 1:
        return "Python's library"
    return "/".join(parts[:2]) if parts[0] == "booking" else parts[0]


if __name__ == "__main__":
    sys.exit(main())
