"""`make chaos`: the proofs in full, and one table. ONLY= picks one, ROUNDS= scales them (0.1: a tenth)."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.figures import HEAD, Figures
from tests.chaos.proofs import PROOFS
from tests.support.database import server


def main() -> int:
    parser = argparse.ArgumentParser(description="Inject faults, and see what is lost.")
    parser.add_argument("--only", choices=[*PROOFS, ""], default="")
    parser.add_argument("--rounds", type=float, default=1.0, help="of the full number (default: %(default)s)")
    chosen = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder, server() as running:
        for name, (proof, rounds) in PROOFS.items():
            if chosen.only in ("", name):
                began = time.monotonic()
                scaled = max(1, round(rounds * chosen.rounds))
                try:
                    figures = proof(scaled, Path(folder), running)
                except AssertionError as fault:
                    figures = Figures(fault=name, rounds=scaled, faults=[str(fault)])
                figures.seconds = time.monotonic() - began
                print(figures.row, file=sys.stderr, flush=True)
                found.append(figures)
    print("\n".join([HEAD, *(figures.row for figures in found)]))
    return 0 if all(figures.holds for figures in found) else 1


if __name__ == "__main__":
    sys.exit(main())
