"""One durable PostgreSQL with two databases: ours, and the peer's, both with the same rows by the same numbers."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from booking.adapters.postgres.migrations import migrate
from booking.entrypoints.dev.postgres import EmbeddedPostgres

HERE = Path(__file__).parent
SERVING, PASSWORD = "booking_app", "only-for-the-bench"
SETTINGS = {
    "shared_buffers": "256MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "autovacuum_naptime": "10min",
    "shared_preload_libraries": "pg_stat_statements",
}
"""As the published comparison has them; fsync and synchronous_commit stay on."""

WAITING = "SELECT EXISTS (SELECT FROM events WHERE position IS NULL) OR EXISTS (SELECT FROM deliveries)"
PATIENCE = 60.0  # seconds


@dataclass(frozen=True)
class Stage:
    postgres: EmbeddedPostgres
    slots: int

    @property
    def ours(self) -> str:
        return self.postgres.url(user=SERVING, password=PASSWORD, database="booking")

    @property
    def peers(self) -> str:
        return self.postgres.superuser_url("bench")

    async def load(self, peer: Path | None) -> None:
        await self._run("postgres", "CREATE DATABASE booking", f"CREATE ROLE {SERVING} LOGIN PASSWORD '{PASSWORD}'")
        owner = self.postgres.superuser_url("booking")
        await migrate(owner, self.ours)
        await self._run(
            "booking",
            f"SET bench.slots = {self.slots}",
            (HERE / "data.sql").read_text(),
            "VACUUM ANALYZE agents, applicants, slots",  # of one booking there is nothing to learn
        )
        if peer is not None:
            await self._run("postgres", "CREATE DATABASE bench")
            for script in ("schema", "data"):
                _psql(self.peers, peer.parent / "sql" / f"{script}.sql", nbook=self.slots, napp=1000)
        await self._run("postgres", "CHECKPOINT")  # else whoever comes first waits for each new file of the log

    async def settled(self) -> None:
        """Once nothing of ours is left to do for the requests before, which would slow down whoever is next."""
        async with asyncio.timeout(PATIENCE):
            connection = await asyncpg.connect(self.postgres.superuser_url("booking"))
            try:
                while await connection.fetchval(WAITING):  # noqa: ASYNC110 - it is another process that works
                    await asyncio.sleep(0.05)
            finally:
                await connection.close()

    async def _run(self, database: str, *statements: str) -> None:
        connection = await asyncpg.connect(self.postgres.superuser_url(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def staged(folder: Path, slots: int, peer: Path | None) -> Iterator[Stage]:
    with EmbeddedPostgres.start(folder, settings=SETTINGS) as postgres:
        stage = Stage(postgres, slots)
        asyncio.run(stage.load(peer))
        yield stage


def program(name: str) -> str:
    """In PG_BIN, or on the path; where it is in neither, the bench ends with a word."""
    found = shutil.which(name, path=os.environ.get("PG_BIN")) or shutil.which(name)
    return found or sys.exit(f"the bench needs {name}: put it on the path, or the folder of PostgreSQL's in PG_BIN=")


def _psql(url: str, script: Path, **variables: int) -> None:
    settings = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
    subprocess.run([program("psql"), "-qX", "-v", "ON_ERROR_STOP=1", *settings, "-f", script, url], check=True)
