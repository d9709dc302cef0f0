"""Backups restored to instants while visits are booked: what was acknowledged by then is there, and nothing later."""

import asyncio
import contextlib
import io
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg

from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.migrations import migrate
from booking.cli.parser import main
from booking.entrypoints.dev.cluster import find_binaries
from booking.entrypoints.dev.postgres import EmbeddedPostgres
from booking.service.audit import SealingService
from tests.builders import HOUR, Organization, organization
from tests.chaos.figures import Figures
from tests.chaos.service import SECRET
from tests.support.database import Server
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

EACH = 6  # visits from one instant to the next
PATIENCE = 60.0  # seconds


@dataclass
class Told:
    """What had been acknowledged at an instant, and the last seal that the log told of."""

    at: datetime
    bookings: set[UUID]
    seal: int


@dataclass
class History:
    owner_url: str
    instants: list[Told] = field(default_factory=list)
    heads: list[tuple[int, str]] = field(default_factory=list)
    """All seals that the log has."""


def restored(rounds: int, folder: Path, _: Server) -> Figures:
    """A server of its own: its WAL is archived, and a base backup of it is taken first."""
    figures = Figures(fault="a backup restored to an instant while visits are booked", rounds=rounds)
    archive, base = folder / "archive", folder / "base"
    archive.mkdir()
    settings = {
        "archive_mode": "on",
        "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
        "archive_timeout": "60s",
    }
    with EmbeddedPostgres.start(folder / "primary", settings=settings) as primary:
        history = asyncio.run(lived(primary, base, rounds, archive))
    for told in history.instants:
        with recovered(folder, base, archive, told.at) as server:
            url = urlsplit(history.owner_url)
            place = url._replace(netloc=f"{url.netloc.rpartition(':')[0]}:{server.port}")
            asyncio.run(judged(figures, history, told, place.geturl()))
            restore_said(figures, history, told, place.geturl())
    return figures


async def lived(primary: EmbeddedPostgres, base: Path, rounds: int, archive: Path) -> History:
    """Back it up, then book and cancel, and note the instants."""
    owner_url = primary.superuser_url()
    url = await serving_url(owner_url)
    await migrate(owner_url, url)
    backup = (f"--dbname={owner_url}", f"--pgdata={base}", "--checkpoint=fast", "--wal-method=none", "--no-manifest")
    await asyncio.to_thread(
        subprocess.run, (find_binaries() / "pg_basebackup", *backup), check=True, capture_output=True
    )
    database, history = Database(url), History(owner_url)
    try:
        agency = organization(postgres_store(database))
        told = set[UUID]()
        for number in range(rounds + 1):  # the last is there for the one before: recovery needs something to stop at
            told |= await busy(agency, number)
            await sealed(database, agency, history)
            history.instants.append(Told(await _now(owner_url), set(told), history.heads[-1][0]))
    finally:
        await database.close()
    history.instants.pop()
    await archived(owner_url, archive)
    return history


async def busy(agency: Organization, number: int) -> set[UUID]:
    """Book some, and cancel one of them; return what was acknowledged."""
    agent = await agency.agent()
    booked = set()
    for place in range(EACH):
        slot = await agency.slot(agent, starts_in=(24 + 2 * (number * EACH + place)) * HOUR)
        applicant = await agency.applicant()
        booking = await agency.book(applicant, slot.id)
        booked.add(booking.id)
        if random.random() < 1 / EACH:
            await agency.bookings.cancel(applicant, booking.id)
    return booked


async def sealed(database: Database, agency: Organization, history: History) -> None:
    while await agency.store.outbox.place(100):
        pass
    sealing = SealingService(PostgresTrail(database), database.now, SECRET.encode())
    while (seal := await sealing.seal()) is not None:
        history.heads.append((seal.number, seal.digest.hex()))


async def _now(owner_url: str) -> datetime:
    (row,) = await as_owner(owner_url, "SELECT clock_timestamp() AS now")
    now: datetime = row["now"]
    return now


async def archived(owner_url: str, archive: Path) -> None:
    """Wait until all that was written is in the archive."""
    (row,) = await as_owner(owner_url, "SELECT pg_walfile_name(pg_current_wal_lsn()) AS file, pg_switch_wal() AS at")
    deadline = time.monotonic() + PATIENCE
    while not (archive / row["file"]).exists():
        assert time.monotonic() < deadline, "the archive is not written"
        await asyncio.sleep(0.05)


@contextmanager
def recovered(folder: Path, base: Path, archive: Path, at: datetime) -> Iterator[EmbeddedPostgres]:
    """A server of the backup, brought up to an instant."""
    place = folder / "restored"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(base, place / "cluster")
    (place / "cluster").chmod(0o700)
    shutil.copy(folder / "primary" / "password", place / "password")
    (place / "cluster" / "recovery.signal").touch()
    settings = {
        "restore_command": f"cp {archive}/%f %p",
        "recovery_target_time": at.isoformat(),
        "recovery_target_action": "promote",
        "archive_mode": "off",
    }
    with EmbeddedPostgres.start(place, settings=settings) as server:
        yield server


async def judged(figures: Figures, history: History, told: Told, owner_url: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        deadline = time.monotonic() + PATIENCE
        while await connection.fetchval("SELECT pg_is_in_recovery()"):
            assert time.monotonic() < deadline, "it stays in recovery"
            await asyncio.sleep(0.05)
        there = {row["id"] for row in await connection.fetch("SELECT id FROM bookings")}
    finally:
        await connection.close()
    figures.acknowledged += len(told.bookings)
    figures.lost += len(told.bookings - there)
    figures.faults += [f"{one} was booked after the instant" for one in there - told.bookings]
    database = Database(await serving_url(owner_url))
    try:
        counted = await postgres_store(database).auditor.violations()
        figures.faults += [f"{count} x {name}" for name, count in counted.items() if count]
    finally:
        await database.close()


def restore_said(figures: Figures, history: History, told: Told, owner_url: str) -> None:
    """`booking after-restore` marks it; `audit verify` tells that from seals that somebody took away."""
    newest = history.heads[-1]
    head = f"{newest[0]}:{newest[1]}"
    own = {"DATABASE_URL": asyncio.run(serving_url(owner_url)), "BOOKING_MIGRATION_DATABASE_URL": owner_url}

    def expect(code: int, says: str, *words: str) -> None:
        ended, said = run({**own, "BOOKING_AUDIT_SECRET": SECRET}, *words)
        if ended != code or says not in said:
            figures.faults.append(f"booking {' '.join(words)}: {ended}: {said}")

    gone = newest[0] > told.seal
    if gone:
        expect(1, "it is not the one that was logged", "audit", "verify", "--head", head)
    expect(0, f"is marked after seal {told.seal}", "after-restore", "--head", head)
    expect(0, "which a restore took back" if gone else "all is as it was sealed", "audit", "verify", "--head", head)
    expect(0, "hear again", "after-restore", "--release")
    asyncio.run(tampered(owner_url))
    expect(1, "missing", "audit", "verify", "--head", head)


async def tampered(owner_url: str) -> None:
    """Somebody takes the newest seal away, as the owner can."""
    await as_owner(owner_url, "ALTER TABLE seals DISABLE TRIGGER USER")
    await as_owner(owner_url, "DELETE FROM seals WHERE number = (SELECT max(number) FROM seals)")


def run(environment: dict[str, str], *words: str) -> tuple[int, str]:
    """Return what a command ends with, and what it says."""
    was = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    said = io.StringIO()
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return main(list(words)), said.getvalue()
    finally:
        for name, value in was.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
