"""Upkeep of the database: its migrations, its invariants, and the years whose events are over."""

from booking.adapters.postgres import migrations
from booking.adapters.postgres.invariants import PostgresAuditor
from booking.cli.targets import database, tell_database
from booking.config import database_urls


async def migrate(status: bool) -> int:
    """Apply the migrations that are missing, or tell only which are."""
    serving, owner = database_urls()
    if status:
        return await _status(owner)
    tell_database(owner)
    applied = await migrations.migrate(owner, serving)
    for name in applied:
        print(f"applied {name}")
    if not applied:
        print("nothing to apply: the database is up to date")
    return 0


async def _status(owner: str) -> int:
    """Return 1 if a migration of this release or a step of one is missing, or is not the one that was applied."""
    states = await migrations.status(owner)
    for one in states:
        print(f"{one.name}  {one.says}")
    return 0 if all(one.fine for one in states) else 1


async def retire_events() -> None:
    """Drop the partitions of years that nothing needs any more."""
    _, owner = database_urls()
    tell_database(owner)
    for name in (retired := await migrations.retire(owner)):
        print(f"dropped {name}")
    if not retired:
        print("nothing to drop: no year's events are all older than seven years")


async def check() -> int:
    """Count the rows that break an invariant; return 1 if any does."""
    async with database() as opened:
        auditor = PostgresAuditor(opened)
        violations, unknown = await auditor.violations(), await auditor.unknown_events()
    for invariant, count in violations.items():
        print(f"{count:>8}  {invariant}")
    for kind, count in unknown.items():
        print(f"{count:>8}  event of a type that a newer release knows: {kind!a}")
    broken = sum(violations.values())
    print(f"{broken} violation{'' if broken == 1 else 's'}" if broken else "every invariant holds")
    return 1 if broken else 0
