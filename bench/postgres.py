"""PostgreSQL by itself: pgbench with the peer's single statement that books, outbox row included."""

import os
import re
import subprocess
import time
from pathlib import Path

from bench.runs import CONNECTIONS, Run, cpu_of
from bench.stage import Stage, program

SCRIPT = "pgbench/book_outbox.sql"


class Pgbench:
    """It books the upper half of the peer's slots, and the peer the lower."""

    name = "pgbench"

    def __init__(self, stage: Stage, script: Path) -> None:
        self._url = stage.peers
        self._script = script
        self._pid = stage.postgres.pid
        _psql(self._url, f"SELECT setval('bench_seq', {stage.slots // 2})")

    def run(self, seconds: float) -> Run:
        words = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-T", f"{max(1, round(seconds))}"]
        before, load = cpu_of(self._pid), os.times()
        began = time.monotonic()
        told = subprocess.run(
            [program("pgbench"), *words, "-f", str(self._script), self._url],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        wall = time.monotonic() - began
        rate, mean = float(_found(r"^tps = ([\d.]+)", told)), float(_found(r"^latency average = ([\d.]+)", told))
        count = rate * wall
        after = os.times()
        children = after.children_user + after.children_system - load.children_user - load.children_system
        return Run(
            rate=rate,
            p50=mean,
            p99=mean,
            service=0.0,
            database=(cpu_of(self._pid) - before) / count * 1e6,
            load=children / count * 1e6,
            memory=0.0,
            wrong=0,
        )


def pgbench_for(stage: Stage, peer: Path | None) -> Pgbench | None:
    script = peer.parent / SCRIPT if peer else None
    return Pgbench(stage, script) if script and script.exists() else None


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    assert match, text
    return match[1]


def _psql(url: str, statement: str) -> None:
    subprocess.run([program("psql"), "-qXAt", "-c", statement, url], check=True, capture_output=True)
