"""`booking after-restore` and `booking events replay`, as an operator types them."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from booking.adapters.postgres.audit import PostgresTrail
from booking.adapters.postgres.delivery.events_target import PostgresEventsTarget
from booking.adapters.postgres.engine.database import Database
from booking.cli.parser import main
from booking.domain.audit import Seal
from booking.service.audit import SealingService
from tests.builders import HOUR, Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

SECRET = "s" * 32

Run = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def run(owner_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("DATABASE_URL", await serving_url(owner_url))
    monkeypatch.setenv("BOOKING_MIGRATION_DATABASE_URL", owner_url)
    monkeypatch.setenv("BOOKING_AUDIT_SECRET", SECRET)

    async def typed(*words: str) -> tuple[int, str]:
        code = await asyncio.to_thread(main, [*words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return typed


@pytest.fixture
def agency(database: Database) -> Organization:
    return organization(postgres_store(database))


async def sealed(database: Database, agency: Organization) -> Seal:
    """Offer a slot, and seal that it happened."""
    agent = await agency.agent()
    await agency.slot(agent)
    while await agency.store.outbox.place(100):
        pass
    seal = await SealingService(PostgresTrail(database), database.now, SECRET.encode()).seal()
    assert seal is not None
    return seal


def head(number: int, digest: bytes) -> str:
    return f"{number}:{digest.hex()}"


async def test_a_restore_is_marked_readers_begin_anew_and_whoever_is_told_outside_waits_for_a_release(
    run: Run, database: Database, agency: Organization, owner_url: str
) -> None:
    seal = await sealed(database, agency)
    (before,) = await as_owner(owner_url, "SELECT epoch FROM feed")
    await PostgresEventsTarget(database).follow("arn:aws:sns:eu-west-1:123456789012:booking")
    code, said = await run("after-restore", "--head", head(4, b"x" * 32))
    assert code == 0
    assert said.splitlines()[1:5] == [
        f"restore 1 is marked after seal {seal.number}; seals to 4 are gone",
        f"readers of the feed begin anew, in epoch {before['epoch'] + 1}",
        "0 messages that were due are not sent",
        "1 subscriptions wait for `booking after-restore --release`",
    ]
    assert "every Idempotency-Key of it" in said
    code, said = await run("audit", "verify", "--head", head(4, b"x" * 32))
    assert code == 0
    assert "seal 4: it is not the one that was logged, which a restore took back" in said
    assert "seals 2 to 4 of the log are gone" in said
    waiting = "SELECT kind FROM subscriptions WHERE leased_until = 'infinity'"
    assert [row["kind"] for row in await as_owner(owner_url, waiting)] == ["aws"]
    assert (await run("after-restore", "--release"))[1].splitlines()[-1] == "1 subscriptions hear again"
    assert await as_owner(owner_url, waiting) == []


async def test_a_seal_that_no_restore_took_back_is_a_fault_as_before(
    run: Run, database: Database, agency: Organization
) -> None:
    await sealed(database, agency)
    await run("after-restore", "--head", head(4, b"x" * 32))
    code, said = await run("audit", "verify", "--head", head(5, b"x" * 32))
    assert (code, said.splitlines()[-1]) == (1, "seal 5: it is not the one that was logged")


async def test_a_mark_that_somebody_wrote_without_the_secret_excuses_nothing(
    run: Run, database: Database, agency: Organization, owner_url: str
) -> None:
    seal = await sealed(database, agency)
    await run("after-restore", "--head", head(4, b"x" * 32))
    for forged in (
        "lost = 9",
        "marked_at = marked_at - interval '1 day'",
        "digest = sha256('x')",
        "key_id = repeat('0', 16)",
    ):
        await as_owner(owner_url, "CREATE TABLE kept AS SELECT * FROM restores")
        await as_owner(owner_url, f"UPDATE restores SET {forged}")
        code, said = await run("audit", "verify", "--head", head(4, b"x" * 32))
        assert (code, "restore 1: the mark is not genuine" in said) == (1, True), forged
        await as_owner(owner_url, "DELETE FROM restores")
        await as_owner(owner_url, "INSERT INTO restores SELECT * FROM kept")
        await as_owner(owner_url, "DROP TABLE kept")
    assert seal.number == 1


async def test_the_log_s_last_seal_has_to_fit_the_backup(run: Run, database: Database, agency: Organization) -> None:
    seal = await sealed(database, agency)
    newer = await sealed(database, agency)
    code, said = await run("after-restore", "--head", head(seal.number, seal.digest))
    assert (code, f"the backup has seal {newer.number}, which is newer than 1" in said) == (1, True)
    code, said = await run("after-restore", "--head", head(newer.number, b"x" * 32))
    assert (code, "that is no restore" in said) == (1, True)
    code, said = await run("after-restore", "--head", head(newer.number, newer.digest))
    assert (code, f"restore 1 is marked after seal {newer.number}\n" in said) == (0, True)


async def test_what_happened_is_handed_on_again_from_an_instant_on(
    run: Run, database: Database, agency: Organization, owner_url: str
) -> None:
    for _ in range(2):
        await sealed(database, agency)
    await as_owner(owner_url, "UPDATE subscriptions SET position = 2 WHERE kind = 'log'")
    (second,) = await as_owner(owner_url, "SELECT occurred_at FROM events WHERE position = 2")
    code, said = await run("events", "replay", "--from", second["occurred_at"].isoformat(), "--to", "log")
    assert (code, "1 subscriptions hear again" in said) == (0, True)
    (log,) = await as_owner(owner_url, "SELECT position FROM subscriptions WHERE kind = 'log'")
    assert log["position"] == 1
    later = (second["occurred_at"] + HOUR).isoformat()
    assert (await run("events", "replay", "--from", later))[0] == 0
    (log,) = await as_owner(owner_url, "SELECT position FROM subscriptions WHERE kind = 'log'")
    assert log["position"] == 1, "nothing happened from then on"
