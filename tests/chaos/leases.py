"""Processes that take turns at a job of the cluster: its holder is stopped past its lease, and let go on."""

import asyncio
import os
import random
import signal
import time
from datetime import timedelta
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import asyncpg
import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.leases import PostgresLeases, held
from booking.entrypoints.jobs import Once, Workers
from booking.service.ports import Lease
from tests.chaos.figures import Figures
from tests.chaos.load import PATIENCE
from tests.chaos.scene import Scene, scene
from tests.chaos.service import forkserver
from tests.support.database import Server
from tests.support.worlds import SERVING_ROLE, as_owner

LASTING = timedelta(seconds=0.4)
HOLDERS = 3

WRITES = """
    CREATE TABLE writes (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, token bigint NOT NULL, pid integer NOT NULL)"""
writes = sa.table("writes", sa.column("token", sa.BigInteger), sa.column("pid", sa.Integer))


class Brief(Once):
    """A job whose lease is over soon."""

    @property
    def lasting(self) -> timedelta:
        return LASTING


def holder(serving_url: str, told: str) -> None:
    """Writes for ever, each time that it has the lease; what it was told of each write goes to a file."""

    async def run() -> None:
        database = Database(serving_url, pool_size=2)

        async def step(lease: Lease) -> int:
            await asyncio.sleep(random.random() * 0.05)  # most of the time it is stopped here
            write = sa.insert(writes).from_select(
                ["token", "pid"], sa.select(sa.literal(lease.token), sa.literal(os.getpid())).where(held(lease))
            )
            count = await database.unit(lambda transaction: transaction.execute(write))
            descriptor = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(descriptor, f"{lease.token} {count}\n".encode())
            os.close(descriptor)
            return count

        workers = Workers(leases=PostgresLeases(database))
        workers.add(Brief("writing", step, idle=0.02))
        async with workers:
            await asyncio.Event().wait()

    asyncio.run(run())


def frozen_holders(rounds: int, folder: Path, server: Server) -> Figures:
    figures = Figures(fault="holder of a lease SIGSTOPped past it and continued, or killed", rounds=rounds)
    with scene(server, slots=0) as made:
        asyncio.run(_table(made))
        told = folder / f"told-{made.organization_id}"
        workers = [_started(made, told) for _ in range(HOLDERS)]
        try:
            for _ in range(rounds):
                token, pid = asyncio.run(_write_after(made, 0))
                time.sleep(random.random() * 0.1)
                kill = random.random() < 0.25
                os.kill(pid, signal.SIGKILL if kill else signal.SIGSTOP)
                asyncio.run(_write_after(made, token))
                if kill:
                    (dead,) = (number for number, one in enumerate(workers) if one.pid == pid)
                    workers[dead].join()
                    workers[dead] = _started(made, told)
                else:
                    os.kill(pid, signal.SIGCONT)
        finally:
            for worker in workers:
                worker.kill()
                worker.join()
        return asyncio.run(_judged(figures, made, told.read_text(encoding="utf-8").splitlines()))


def _started(made: Scene, told: Path) -> ForkServerProcess:
    worker = forkserver.Process(target=holder, args=(made.serving_url, str(told)), daemon=True)
    worker.start()
    return worker


async def _table(made: Scene) -> None:
    await as_owner(made.owner_url, WRITES)
    await as_owner(made.owner_url, f"GRANT SELECT, INSERT ON writes TO {SERVING_ROLE}")


async def _write_after(made: Scene, token: int) -> tuple[int, int]:
    """The newest write, once there is one under a later lease."""
    deadline = time.monotonic() + PATIENCE
    connection = await asyncpg.connect(made.owner_url)
    try:
        while time.monotonic() < deadline:
            row = await connection.fetchrow("SELECT token, pid FROM writes ORDER BY seq DESC LIMIT 1")
            if row is not None and row["token"] > token:
                return row["token"], row["pid"]
            await asyncio.sleep(0.01)
    finally:
        await connection.close()
    raise AssertionError(f"nobody took up the job after the lease {token}")


async def _judged(figures: Figures, made: Scene, told: list[str]) -> Figures:
    """What was acknowledged is there; each lease is one process's; and nothing was written under one that was over."""
    rows = await as_owner(made.owner_url, "SELECT token, pid FROM writes ORDER BY seq")
    tokens = [row["token"] for row in rows]
    acknowledged = [int(line.split()[0]) for line in told if line.endswith(" 1")]
    figures.acknowledged = len(acknowledged)
    figures.lost = sum(max(acknowledged.count(token) - tokens.count(token), 0) for token in set(acknowledged))
    figures.doubled = len({(row["token"], row["pid"]) for row in rows}) - len(set(tokens))
    figures.faults += [
        f"a write under lease {token} came after one under {before}"
        for before, token in pairwise(tokens)
        if token < before
    ]
    return figures
