"""One run of wrk against one target: how fast, and whose CPU time it took."""

import json
import os
import re
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.stage import program
from bench.targets import Target

CONNECTIONS = 32
TICK = os.sysconf("SC_CLK_TCK")
LOAD = Path(__file__).with_name("load.lua")
KEYED = "_keyed"
"""What a kind of work ends with whose requests have an Idempotency-Key: a fresh one each."""


@dataclass(frozen=True)
class Run:
    """`rate` a second; `p50`, `p99` in ms; CPU in µs a request; `memory` in MiB (PSS); `wrong`: other answers."""

    rate: float
    p50: float
    p99: float
    service: float
    database: float
    load: float
    memory: float
    wrong: int


def run(target: Target, mode: str, seconds: float, tokens: Path, database: int) -> Run:
    kind = mode.removesuffix(KEYED)
    first = target.cancelled if kind == "cancel" else target.used
    environment = {"MODE": mode, "TOKENS": str(tokens), "FIRST": str(first), "KEYS": uuid4().hex}
    before = cpu_of(target.pid), cpu_of(database), os.times()
    words = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds:g}s", "--timeout", "10s", "-s", str(LOAD), target.url]
    told = subprocess.run(
        [program("wrk"), *words], env=os.environ | environment, capture_output=True, text=True, check=False
    )
    after = cpu_of(target.pid), cpu_of(database), os.times()
    line = re.search(r"^FOUND (.*)$", told.stdout, re.MULTILINE)
    assert line, told.stdout + told.stderr
    found = json.loads(line[1])
    used = found["asked"] // (10 if mode == "mixed" else 1) + CONNECTIONS
    if kind in ("book", "mixed"):
        target.used += used
    elif kind == "cancel":
        target.cancelled += used
    count = max(found["requests"], 1)
    expected = found["requests"] if mode == "conflict" else 0
    children = sum(getattr(after[2], name) - getattr(before[2], name) for name in ("children_user", "children_system"))
    return Run(
        rate=count / found["seconds"],
        p50=found["p50"],
        p99=found["p99"],
        service=(after[0] - before[0]) / count * 1e6,
        database=(after[1] - before[1]) / count * 1e6,
        load=children / count * 1e6,
        memory=memory_of(target.pid),
        wrong=abs(found["refused"] - expected) + found["broken"],
    )


def median(runs: Sequence[Run]) -> dict[str, Any]:
    return {name: statistics.median(asdict(one)[name] for one in runs) for name in asdict(runs[0])}


def cpu_of(pid: int) -> float:
    """Seconds that a process and all that it started have taken; with what has ended of those."""
    return sum(_ticks(one, ended=one == pid) for one in _tree(pid)) / TICK


def memory_of(pid: int) -> float:
    total = 0
    for one in _tree(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(found[1]) if (found := re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)) else 0
    return total / 1024


def _ticks(pid: int, *, ended: bool) -> int:
    try:
        fields = _stat(pid)
    except OSError:
        return 0
    return sum(map(int, fields[11:15] if ended else fields[11:13]))


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                children.setdefault(int(_stat(int(path.name))[1]), []).append(int(path.name))
            except OSError:
                continue
    found, left = [], [pid]
    while left:
        found.append(left.pop())
        left += children.get(found[-1], [])
    return found


def _stat(pid: int) -> list[str]:
    """From the state on: what comes before may have spaces in it."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
