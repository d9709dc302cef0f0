"""`make profile`: a flame graph of the booking path, as bookings go through one worker under load."""

import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from bench.__main__ import PEOPLE, token_of
from bench.runs import run
from bench.stage import staged
from bench.targets import ours

FLAMES = Path("bench/results/booking.svg")
SECONDS = 10
SLOTS = 100_000


def main() -> int:
    FLAMES.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, ExitStack() as running:
        folder = Path(name)
        tokens = folder / "tokens"
        tokens.write_text("".join(f"{token_of(number)}\n" for number in range(PEOPLE)))
        stage = running.enter_context(staged(folder / "postgres", SLOTS, None))
        target = running.enter_context(ours(stage, folder, workers=1))
        run(target, "book", 2, tokens, stage.postgres.pid)
        words = ["py-spy", "record", "--format", "flamegraph", "--output", str(FLAMES), "--duration", str(SECONDS)]
        program = str(Path(sys.executable).with_name(words[0]))
        drawing = subprocess.Popen([program, *words[1:], "--pid", str(target.pid)])
        run(target, "book", SECONDS + 1, tokens, stage.postgres.pid)
        if drawing.wait() != 0:
            print("py-spy may not look into other processes here: run it as root, or allow ptrace", file=sys.stderr)
            return 1
    print(FLAMES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
