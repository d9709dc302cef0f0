"""What came out of a comparison: ratios with their spread, and what one request costs."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.runs import KEYED, Run

RESULTS = Path(__file__).parent / "results"
OURS, GO, PGBENCH, WITHOUT = "ours", "go", "pgbench", "without a key"

Runs = Mapping[str, Sequence[Run]]
"""By target, in the order of the rounds."""


@dataclass
class Results:
    commit: str
    at: str
    machine: str
    rounds: int
    seconds: float
    modes: dict[str, dict[str, list[dict[str, float]]]] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)
    operations: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)
    growth: dict[int, dict[str, dict[str, float]]] = field(default_factory=dict)

    @classmethod
    def begun(cls, rounds: int, seconds: float) -> "Results":
        at = datetime.now(UTC).strftime("%Y-%m-%d")
        return cls(commit=_commit(), at=at, machine=_machine(), rounds=rounds, seconds=seconds)

    def add(self, mode: str, runs: Runs) -> None:
        self.modes[mode] = {name: [asdict(one) for one in found] for name, found in runs.items()}

    def ratios(self) -> dict[str, dict[str, dict[str, float]]]:
        """Of ours to each other, round by round: {"book": {"go": {"median", "min", "max"}}, "book_p99": …}.

        A kind of work with keys is also beside the same without: {"book_keyed": {"without a key": …}}."""
        found: dict[str, dict[str, dict[str, float]]] = {}
        for mode, runs in self.modes.items():
            for other in runs:
                if other == OURS:
                    continue
                found.setdefault(mode, {})[other] = self.ratio(mode, other, "rate")
                if mode == "book" and other != PGBENCH:
                    found.setdefault("book_p99", {})[other] = self.ratio(mode, other, "p99")
            if mode.endswith(KEYED):
                found.setdefault(mode, {})[WITHOUT] = ratio(runs[OURS], self.modes[mode.removesuffix(KEYED)][OURS])
        return found

    def ratio(self, mode: str, other: str, what: str) -> dict[str, float]:
        return ratio(self.modes[mode][OURS], self.modes[mode][other], what)

    def costs(self, mode: str, name: str) -> dict[str, dict[str, float]]:
        """µs of CPU a request, and ms."""
        runs = self.modes[mode][name]
        return {what: spread([one[what] for one in runs]) for what in ("rate", "p50", "p99", "service", "database")}

    def memory(self, name: str) -> str:
        return told([one["memory"] for runs in self.modes.values() for one in runs[name]], "MiB")

    def write(self) -> Path:
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{self.at}-{self.commit}.json"
        result = {
            "commit": self.commit,
            "date": self.at,
            "machine": self.machine,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "ratios": self.ratios(),
            "figures": self.figures,
            "operations": self.operations,
            "growth": self.growth,
            "runs": self.modes,
        }
        file.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        return file


def ratio(
    runs: Sequence[Mapping[str, float]], others: Sequence[Mapping[str, float]], what: str = "rate"
) -> dict[str, float]:
    return spread([one[what] / other[what] for one, other in zip(runs, others, strict=True)])


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(values), 3),
        "min": round(min(values), 3),
        "max": round(max(values), 3),
    }


def told(values: Sequence[float], unit: str = "", digits: int = 0) -> str:
    found = spread(values)
    median, least, most = (f"{found[name]:,.{digits}f}" for name in ("median", "min", "max"))
    return f"{median}{unit and ' '}{unit} ({least} to {most})"


def _commit() -> str:
    words = ["git", "describe", "--always", "--dirty", "--abbrev=8", "--exclude=*"]
    return subprocess.run(words, cwd=RESULTS.parent, capture_output=True, text=True, check=True).stdout.strip()


def _machine() -> str:
    model = "an unknown processor"
    info = Path("/proc/cpuinfo")
    for line in info.read_text().splitlines() if info.exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{len(os.sched_getaffinity(0))} cores of {model}, Python {platform.python_version()}"
