"""What traces cost those who book and look: pairs of runs, in turns without traces and at a ratio, on two databases.

`python -m bench.traces`: ten pairs of each kind of work at 1 %; in each pair the other one comes first.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import Process, SimpleQueue
from pathlib import Path

from bench.__main__ import PEOPLE, token_of
from bench.pace import length_of
from bench.releases import HERE, Release
from bench.runs import Run, run
from bench.stage import Stage, program, staged
from bench.targets import Target, ours

OFF, TRACED = Release("off", HERE), Release("traced", HERE)
MODES = ("book", "get")
LEAST = 0.95


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take everything, as a collector does that is not to be measured."""
    try:
        while True:
            await reader.readexactly(length_of(await reader.readuntil(b"\r\n\r\n")))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    except asyncio.IncompleteReadError:
        writer.close()


def collect(told: "SimpleQueue[int]") -> None:
    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


@contextmanager
def collector(ratio: float) -> Iterator[dict[str, str]]:
    """Run a collector, and yield the settings that lead to it."""
    told: SimpleQueue[int] = SimpleQueue()
    process = Process(target=collect, args=(told,), daemon=True)
    process.start()
    try:
        yield {"BOOKING_TRACE_URL": f"http://127.0.0.1:{told.get()}", "BOOKING_TRACE_RATIO": str(ratio)}
    finally:
        process.terminate()
        process.join()


def pairs(stage: Stage, both: Sequence[Target], mode: str, count: int, seconds: float, tokens: Path) -> list[float]:
    """Return the rate with traces by that without, of each pair."""
    found = []
    for number in range(count + 1):
        runs: dict[str, Run] = {}
        for target in both if number % 2 else both[::-1]:
            asyncio.run(stage.settled())
            runs[target.name] = run(target, mode, seconds if number else 1.0, tokens, stage.postgres.pid)
        if number:  # the first one is to warm up
            off, traced = runs[OFF.name], runs[TRACED.name]
            found.append(traced.rate / off.rate)
            print(
                f"{mode} {number}: {off.rate:,.0f} a second without, {traced.rate:,.0f} with: {found[-1]:.3f}; "
                f"{off.service:.0f} and {traced.service:.0f} µs of the service",
                flush=True,
            )
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each run")
    parser.add_argument("--ratio", type=float, default=0.01)
    parser.add_argument("--slots", type=int, default=600_000)
    chosen = parser.parse_args()
    program("wrk")
    good = True
    with tempfile.TemporaryDirectory(prefix="bench-") as name, collector(chosen.ratio) as environment:
        folder = Path(name)
        tokens = folder / "tokens"
        tokens.write_text("".join(f"{token_of(number)}\n" for number in range(PEOPLE)))
        with (
            staged(folder / "postgres", chosen.slots, None, (OFF, TRACED)) as stage,
            ours(stage, folder, release=OFF) as off,
            ours(stage, folder, release=TRACED, environment=environment) as traced,
        ):
            for mode in MODES:
                found = pairs(stage, (off, traced), mode, chosen.pairs, chosen.seconds, tokens)
                median = statistics.median(found)
                good &= median >= LEAST
                print(
                    f"{mode}: median {median:.3f} ({min(found):.3f} to {max(found):.3f}), at least {LEAST}", flush=True
                )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
