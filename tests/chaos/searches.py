"""Random search, free and longer: every test that Hypothesis chooses the examples of, by a seed of its own."""

import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

from tests.chaos.figures import Figures
from tests.support.database import Server

TOP = Path(__file__).parents[2]
COUNTED = re.compile(r"(\d+) passed")


def searched(rounds: int, _folder: Path, server: Server) -> Figures:
    """So many times the examples of `make test`."""
    seed = os.environ.get("SEED") or str(secrets.randbelow(10**9))
    figures = Figures(fault="random search, free", rounds=rounds)
    words = ["-m", "pytest", "-q", "-n", "2", "-m", "hypothesis or search", f"--hypothesis-seed={seed}", "tests"]
    environment = os.environ | {"SEED": seed, "SEARCH": str(rounds), "DATABASE_URL": server.owner_url}
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=TOP, env=environment, capture_output=True, text=True, check=False)
    figures.acknowledged = sum(map(int, COUNTED.findall(done.stdout)))
    if done.returncode:
        told = [line[:300] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        figures.faults = [f"SEED={seed}: {line}" for line in told or [f"pytest ended with {done.returncode}"]]
    return figures
