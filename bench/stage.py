"""One durable PostgreSQL: a database for each release and one for the peer, with the same rows by the same numbers."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.releases import OURS, Release
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

UNPLACED = "SELECT EXISTS (SELECT FROM events WHERE position IS NULL) OR EXISTS (SELECT FROM deliveries)"
BEHIND = "SELECT EXISTS (SELECT FROM subscriptions s, positions p WHERE s.position < p.last)"
PATIENCE = 60.0  # seconds
SPARE = 4_000  # bookings a second to cancel, made before a run


@dataclass(frozen=True)
class Stage:
    postgres: EmbeddedPostgres
    slots: int
    releases: Sequence[Release]

    def url(self, release: Release) -> str:
        return self.postgres.url(user=SERVING, password=PASSWORD, database=release.name)

    @property
    def peers(self) -> str:
        return self.postgres.superuser_url("bench")

    async def load(self, peer: Path | None) -> None:
        await self._run("postgres", f"CREATE ROLE {SERVING} LOGIN PASSWORD '{PASSWORD}'")
        for release in self.releases:
            await self._run("postgres", f'CREATE DATABASE "{release.name}"')
            self._migrate(release)
            await self._run(
                release.name,
                f"SET bench.slots = {self.slots}",
                release.rows,
                "VACUUM ANALYZE agents, applicants, slots",  # of one booking there is nothing to learn
            )
        if peer is not None:
            await self._run("postgres", "CREATE DATABASE bench")
            for script in ("schema", "data"):
                _psql(self.peers, peer.parent / "sql" / f"{script}.sql", nbook=self.slots, napp=1000)
        await self._run("postgres", "CHECKPOINT")  # else whoever comes first waits for each new file of the log

    async def settled(self) -> None:
        """Once nothing is left to do for the requests before, which would slow down whoever is next."""
        async with asyncio.timeout(PATIENCE):
            for release in self.releases:
                connection = await asyncpg.connect(self.postgres.superuser_url(release.name))
                try:
                    cursors = await connection.fetchval("SELECT to_regclass('subscriptions') IS NOT NULL")
                    for waiting in (UNPLACED, BEHIND) if cursors else (UNPLACED,):
                        while await connection.fetchval(waiting):  # noqa: ASYNC110 - another process works
                            await asyncio.sleep(0.05)
                finally:
                    await connection.close()

    async def book(self, database: str, first: int, until: int) -> None:
        """Bookings c0000000-… of the slots of these numbers, as if each was booked by its person."""
        await self._run(database, f"SET bench.first = {first}", f"SET bench.until = {until}", _script("booked"))

    async def let_hold(self, database: str) -> None:
        """No holds, and so many for each person as may be: there are a thousand persons."""
        await self._run(database, _script("holds"))

    async def live_a_while(self, database: str, turns: int) -> None:
        """Visits that were, and bookings that wait for approval: so many of each."""
        await self._run(database, f"SET bench.turns = {turns}", _script("operations"))

    def _migrate(self, release: Release) -> None:
        described = {
            "DATABASE_URL": self.url(release),
            "BOOKING_MIGRATION_DATABASE_URL": self.postgres.superuser_url(release.name),
        }
        words = [sys.executable, "-m", "booking", "migrate"]
        subprocess.run(
            words,
            env={**os.environ, **described, **release.environment},
            cwd=release.repository,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    async def _run(self, database: str, *statements: str) -> None:
        connection = await asyncpg.connect(self.postgres.superuser_url(database))
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def staged(folder: Path, slots: int, peer: Path | None, releases: Sequence[Release] = (OURS,)) -> Iterator[Stage]:
    with EmbeddedPostgres.start(folder, settings=SETTINGS) as postgres:
        stage = Stage(postgres, slots, releases)
        asyncio.run(stage.load(peer))
        yield stage


def program(name: str) -> str:
    """In PG_BIN, or on the path; where it is in neither, the bench ends with a word."""
    found = shutil.which(name, path=os.environ.get("PG_BIN")) or shutil.which(name)
    return found or sys.exit(f"the bench needs {name}: put it on the path, or the folder of PostgreSQL's in PG_BIN=")


def _script(name: str) -> str:
    return (HERE / f"{name}.sql").read_text()


def _psql(url: str, script: Path, **variables: int) -> None:
    settings = [part for name, value in variables.items() for part in ("-v", f"{name}={value}")]
    subprocess.run([program("psql"), "-qX", "-v", "ON_ERROR_STOP=1", *settings, "-f", script, url], check=True)
