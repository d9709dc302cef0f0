"""Steps of migrations outside of their transaction: what is left is told, and goes on where it was."""

import asyncio

import asyncpg
import pytest

from booking import files
from booking.adapters.postgres import migrations
from booking.adapters.postgres.migrations import MISSING, migrate, status
from booking.adapters.postgres.steps import Step, steps_of
from booking.cli.upkeep import migrate as migrate_command
from tests.support.database import Server
from tests.support.worlds import as_owner, serving_url

INDEXES = (
    r"SELECT relname FROM pg_class WHERE relkind = 'i' AND relname ~ '^events_(rest|\d+)_(in_order|of_organization)$'"
    " ORDER BY relname"
)


async def said(owner_url: str) -> dict[str, tuple[str, bool]]:
    return {one.name.strip(): (one.says, one.fine) for one in await status(owner_url)}


def test_each_file_of_steps_is_a_migration_s() -> None:
    names = [file.name for file in files.path("db/steps").iterdir()]
    assert {"0017_order.sql"} <= set(names) <= {migration.name for migration in migrations.known()}
    assert all(steps_of(name) for name in names)
    assert steps_of("0001_booking.sql") == ()


async def test_the_status_tells_what_is_left_of_a_step(
    owner_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", owner_url)
    assert await migrate_command(status=True) == 0
    found = await said(owner_url)
    assert {found[name] for name in ("in_order", "of_organization", "replaced", "numbered")} == {("done", True)}
    (index, *_) = [row["relname"] for row in await as_owner(owner_url, INDEXES)]
    await as_owner(owner_url, f"DROP INDEX {index}")
    assert await migrate_command(status=True) == 1
    assert "  1 left: run `booking migrate`\n" in capsys.readouterr().out
    assert await migrate(owner_url, await serving_url(owner_url)) == []
    assert await migrate_command(status=True) == 0


async def test_a_migration_that_is_missing_has_no_steps_yet(postgres: Server) -> None:
    async with postgres.fresh("template0") as owner:
        found = await said(owner)
        assert set(found.values()) == {(MISSING, False)}
        assert "in_order" not in found


async def test_steps_are_done_once_however_many_hosts_do_them(owner_url: str) -> None:
    serving, indexes = await serving_url(owner_url), await as_owner(owner_url, INDEXES)
    for row in indexes:
        await as_owner(owner_url, f"DROP INDEX {row['relname']}")
    await asyncio.gather(*(migrate(owner_url, serving) for _ in range(3)))
    assert await as_owner(owner_url, INDEXES) == indexes
    invalid = "SELECT count(*) AS many FROM pg_index WHERE NOT indisvalid"
    assert [row["many"] for row in await as_owner(owner_url, invalid)] == [0]


async def test_a_step_that_was_cut_off_goes_on_where_it_was(owner_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it did before stays, though the connection ended."""
    await as_owner(owner_url, "CREATE TABLE filled AS SELECT id, NULL::int AS twice FROM generate_series(1, 10) id")
    left = "SELECT count(*) FROM filled WHERE twice IS NULL"
    fill = """UPDATE filled SET twice = 2 * id
        WHERE id IN (SELECT id FROM filled WHERE twice IS NULL ORDER BY id LIMIT 3)"""
    stop = fill + f"; SELECT pg_terminate_backend(pg_backend_pid()) WHERE ({left}) = 4"
    for statement, rest in ((stop, 7), (fill, 0)):
        step = Step("filled", "", "", left, statement)
        monkeypatch.setattr(migrations, "steps_of", lambda name, step=step: [step] if name[:4] == "0017" else [])
        try:
            await migrate(owner_url, await serving_url(owner_url))
        except migrations.MigrationError:
            assert statement == stop
        assert [row["count"] for row in await as_owner(owner_url, left)] == [rest]


async def test_an_index_on_one_table_is_built_beside_its_writers(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = Step("by_name", "", "agents", "", "CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON {table} (subject)")
    monkeypatch.setattr(migrations, "steps_of", lambda name: [step] if name[:4] == "0017" else [])
    writing = await asyncpg.connect(owner_url)
    write = "INSERT INTO agents (organization_id, id, subject) VALUES (gen_random_uuid(), gen_random_uuid(), 'ada')"
    async with writing.transaction():
        await writing.execute(write)
        building = asyncio.create_task(migrate(owner_url, await serving_url(owner_url)))
        async with asyncio.timeout(20):
            while not await as_owner(owner_url, "SELECT FROM pg_stat_progress_create_index"):
                pass
        assert (await said(owner_url))["by_name"] == ("1 left: run `booking migrate`", False)
        await as_owner(owner_url, write)
    await writing.close()
    assert await building == []
    assert (await said(owner_url))["by_name"] == ("done", True)
