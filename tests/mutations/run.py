"""`make mutations`: breaks the service in each of these ways, and counts how many of them a test sees.

Works on a copy. ONLY=word picks those whose description has it; exit 1 where one survives.
"""

import argparse
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.mutations.mutants import MUTANTS, Mutant

HERE = Path(__file__).parents[2]
COPIED = ("src", "tests", "tools", "db", "docs", "openapi3.yaml", "asyncapi.yaml", "README.md", "pyproject.toml")
PATIENCE = 150  # seconds a mutant; one that hangs is seen as well


def copy(to: Path) -> Path:
    for name in COPIED:
        if (HERE / name).is_dir():
            shutil.copytree(HERE / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(HERE / name, to / name)
    return to


def red(folder: Path, tests: str) -> bool:
    words = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *shlex.split(tests)]
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return True
    assert done.returncode in (0, 1, 2), done.stdout.decode()[-2000:]
    return done.returncode != 0


def killed(folder: Path, mutant: Mutant) -> bool:
    file = folder / mutant.file
    whole = file.read_text(encoding="utf-8")
    assert mutant.find in whole, f"{mutant.what}: not in {mutant.file} any more"
    file.write_text(whole.replace(mutant.find, mutant.instead), encoding="utf-8")
    try:
        return red(folder, mutant.tests)
    finally:
        file.write_text(whole, encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description="Break the service on purpose, and see a test go red.")
    parser.add_argument("--only", default="", help="those whose description has this word")
    chosen = [mutant for mutant in MUTANTS if parser.parse_args().only in mutant.what]
    survived, began = [], time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = copy(Path(name))
        for number, mutant in enumerate(chosen, 1):
            seen = killed(folder, mutant)
            print(f"{number:>3}/{len(chosen)}  {'killed  ' if seen else 'SURVIVED'}  {mutant.what}", flush=True)
            if not seen:
                survived.append(mutant)
    print(f"killed {len(chosen) - len(survived)} of {len(chosen)} in {time.monotonic() - began:.0f} s")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
