"""Behind real poolers in transaction mode: served through those that track prepared statements, else refused."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx
import pytest
import sqlalchemy as sa

from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.pool import MOST
from booking.adapters.postgres.engine.pooler import Untracked
from booking.adapters.postgres.engine.statements import Prepared
from booking.adapters.postgres.migrations import require_current_schema
from booking.adapters.postgres.tables.visits import slots
from booking.adapters.tokens.minting import mint
from booking.domain.people.agent import AgentRole
from booking.domain.people.caller import Agency
from booking.domain.refusals import Unavailable
from tests.builders import HOUR, organization
from tests.commands.processes import until
from tests.commands.test_serve import SECRET, ready, serving
from tests.e2e.driver import tomorrow
from tests.support.poolers import TRACKING, PgBouncer, installed
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

END_ONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE usename ~ 'serving' AND datname = current_database() AND state <> 'idle' ORDER BY random() LIMIT 1"""

UNTRACKED = [(one, {} if one.version < TRACKING else {"max_prepared_statements": 0}) for one in installed()]
TRACKED = [one for one in installed() if one.version >= TRACKING]


def named(one: object) -> str:
    return ".".join(map(str, one.version)) if isinstance(one, PgBouncer) else str(one)


without = pytest.mark.skipif(not installed(), reason="no pgbouncer is installed, nor named by PGBOUNCER")
without_tracking = pytest.mark.skipif(not TRACKED, reason="no pgbouncer of 1.21 or later is named by PGBOUNCER")


@without
@pytest.mark.parametrize(("pooler", "settings"), UNTRACKED, ids=named)
@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_pooler_that_does_not_track_prepared_statements_is_refused_at_start_in_one_line(
    owner_url: str, pooler: PgBouncer, settings: dict[str, object], workers: str
) -> None:
    with (
        pooler.before(await serving_url(owner_url), **settings) as url,
        serving(url, BOOKING_WORKERS=workers) as (process, _),
    ):
        _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    told = [line for line in err.splitlines() if str(Untracked()) in line]
    assert f"booking: {Untracked()}" in told if workers == "1" else told  # the other worker may find it first
    assert sum(line.startswith("booking: ") for line in told) <= 1
    assert "Traceback" not in err


@without
@pytest.mark.parametrize(("pooler", "settings"), UNTRACKED, ids=named)
@pytest.mark.parametrize("size", [1, 2, 20])
async def test_the_probe_tells_them_apart_however_many_sessions_there_are_and_others_use(
    owner_url: str, pooler: PgBouncer, settings: dict[str, object], size: int
) -> None:
    with pooler.before(await serving_url(owner_url), default_pool_size=size, **settings) as url:
        database = Database(url)
        with pytest.raises(Untracked):
            await database.require_tracking()
        await database.close()


@without
@pytest.mark.parametrize("pooler", installed(), ids=named)
async def test_a_pooler_in_session_mode_is_as_good_as_none(owner_url: str, pooler: PgBouncer) -> None:
    with pooler.before(await serving_url(owner_url), pool_mode="session") as url:
        database = Database(url)
        await database.require_tracking()
        await require_current_schema(database)
        await database.close()


@without_tracking
@pytest.mark.parametrize("pooler", TRACKED, ids=named)
@pytest.mark.parametrize("size", [1, 20])
async def test_a_pooler_that_tracks_passes_the_probe(owner_url: str, pooler: PgBouncer, size: int) -> None:
    url = await serving_url(owner_url)
    with pooler.before(url, default_pool_size=size, max_prepared_statements=200) as through:
        database = Database(through)
        await database.require_tracking()
        await database.close()


@without_tracking
@pytest.mark.parametrize("pooler", TRACKED, ids=named)
async def test_through_a_pooler_that_tracks_everything_is_served_under_load(
    owner_url: str, pooler: PgBouncer, tmp_path: Path
) -> None:
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    token = mint(SECRET, subject="ana", email="ana@example.com", lifetime=timedelta(hours=1), agency=agency)
    statuses: Counter[int] = Counter()
    url = await serving_url(owner_url)
    with (
        pooler.before(url, default_pool_size=4, max_prepared_statements=20) as through,
        (tmp_path / "log").open("w") as log,
        serving(through, log, BOOKING_WORKERS="2") as (process, base),
    ):
        until(lambda: ready(base) == 200, process)
        async with httpx.AsyncClient(base_url=base, timeout=30, headers={"Authorization": f"Bearer {token}"}) as http:

            async def live(number: int) -> None:
                property_id = str(uuid4())
                start = tomorrow(number)
                times = {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
                for method, path, body, key in (
                    ("POST", "/api/v1/slots", {"property_id": property_id, **times}, {}),
                    ("GET", f"/api/v1/properties/{property_id}/slots", None, {}),
                    ("PUT", f"/api/v1/properties/{property_id}/policy", {"notice_seconds": 60}, {}),
                    ("PUT", f"/api/v1/properties/{property_id}/policy", {}, {"Idempotency-Key": property_id}),
                    ("GET", f"/api/v1/slots/{property_id}", None, {}),
                    ("GET", "/api/v1/bookings", None, {}),
                    ("GET", "/api/v1/audit", None, {}),
                ):
                    answer = await http.request(method, path, json=body, headers=key)
                    while answer.status_code == 503:  # a machine at its limits; behind a pooler that fails, for ever
                        answer = await http.request(method, path, json=body, headers=key)
                    statuses[answer.status_code] += 1

            await asyncio.wait_for(asyncio.gather(*(live(number) for number in range(12))), 120)
    assert statuses == {200: 12 * 5, 201: 12, 404: 12}


@without_tracking
@pytest.mark.parametrize("pooler", TRACKED, ids=named)
async def test_through_a_pooler_whose_sessions_are_ended_what_has_a_key_is_done_once_and_never_a_fault(
    owner_url: str, pooler: PgBouncer, tmp_path: Path
) -> None:
    agency = Agency(organization_id=uuid4(), role=AgentRole.ADMIN)
    token = mint(SECRET, subject="ana", email="ana@example.com", lifetime=timedelta(hours=1), agency=agency)
    told: Counter[tuple[int, bool]] = Counter()
    with (
        pooler.before(await serving_url(owner_url), default_pool_size=4, server_login_retry=1) as through,
        (tmp_path / "log").open("w") as log,
        serving(through, log) as (process, base),
    ):
        until(lambda: ready(base) == 200, process)
        async with httpx.AsyncClient(base_url=base, timeout=30, headers={"Authorization": f"Bearer {token}"}) as http:

            async def made(numbers: Iterator[int]) -> list[str]:
                return [await one(number) for number in numbers]

            async def one(number: int) -> str:
                start, keyed = tomorrow(number), {"Idempotency-Key": str(uuid4())}
                times = {"start_time": start.isoformat(), "end_time": (start + HOUR).isoformat()}
                body = {"property_id": str(uuid4()), **times}
                while True:
                    answer = await http.post("/api/v1/slots", json=body, headers=keyed)
                    told[answer.status_code, "Retry-After" in answer.headers] += 1
                    assert answer.headers["X-Request-Id"]
                    if answer.status_code == 201:
                        return str(answer.json()["slot"]["id"])
                    assert answer.headers["Content-Type"] == "application/problem+json"
                    await asyncio.sleep(0.02)

            async def ended() -> None:
                while True:
                    await as_owner(owner_url, END_ONE)
                    await asyncio.sleep(0.2)

            ending = asyncio.create_task(ended())
            numbers = iter(range(60))
            found = await asyncio.wait_for(asyncio.gather(*(made(numbers) for _ in range(6))), 120)
            ending.cancel()
    rows = await as_owner(owner_url, "SELECT id FROM slots")
    assert sorted(str(row["id"]) for row in rows) == sorted(chain(*found))
    assert told.keys() <= {(201, False), (503, True), (409, True)}
    assert not [word for word in ("INSERT", "COMMIT", "Traceback") if word in (tmp_path / "log").read_text()]


@without_tracking
@pytest.mark.parametrize("pooler", TRACKED, ids=named)
async def test_through_a_pooler_rivals_book_and_no_setting_is_left_to_others(owner_url: str, pooler: PgBouncer) -> None:
    with pooler.before(await serving_url(owner_url), default_pool_size=3, max_prepared_statements=200) as url:
        database = Database(url)
        agency = organization(postgres_store(database))
        slot = await agency.slot(await agency.agent())
        applicants = await asyncio.gather(*(agency.applicant() for _ in range(12)))
        outcomes = await asyncio.gather(
            *(agency.book(applicant, slot.id, "") for applicant in applicants), return_exceptions=True
        )
        assert Counter(type(one).__name__ for one in outcomes) == {"Booking": 1, "SlotTaken": 11}
        other = await asyncpg.connect(url)
        held = [await other.fetchval("SELECT current_setting('plan_cache_mode')") for _ in range(5)]
        await other.close()
        await database.close()
    assert set(held) == {"auto"}


@without_tracking
@pytest.mark.parametrize("pooler", TRACKED, ids=named)
@pytest.mark.parametrize("way", ["over a line", "over the pool"])
async def test_a_migration_that_changes_a_type_keeps_nobody_behind_a_pooler_from_an_answer(
    owner_url: str, pooler: PgBouncer, way: str
) -> None:
    """A pooler gives the plan of before to whoever asks the same, after a reconnect, too."""
    prepared = Prepared(sa.select(slots), ())
    with pooler.before(await serving_url(owner_url), max_prepared_statements=200) as url:
        database = Database(url)

        async def ask() -> int:
            return len(await (database.fetch(prepared) if way == "over a line" else database.fetch(sa.select(slots))))

        assert await asyncio.gather(*(ask() for _ in range(MOST))) == [0] * MOST
        await as_owner(owner_url, "ALTER TABLE slots ALTER COLUMN status TYPE varchar(40)")
        for _ in range(2 * MOST):
            assert await ask() == 0
        await database.close()


async def test_a_session_that_is_ours_alone_keeps_its_generic_plans(database: Database) -> None:
    async def look() -> str:
        (row,) = await database.fetch("SELECT current_setting('plan_cache_mode') AS mode")
        return str(row.mode)

    assert await asyncio.gather(*(look() for _ in range(MOST))) == ["force_generic_plan"] * MOST


async def test_readiness_goes_the_way_that_requests_go(
    database: Database, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that answers is of no use where no session of ours can be had."""

    async def refused(*_: object) -> None:
        raise asyncpg.ProtocolViolationError("unsupported startup parameter")

    await require_current_schema(database)
    monkeypatch.setattr("booking.adapters.postgres.engine.sessions.plan_by_index", refused)
    serving = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename ~ 'serving'"
    await as_owner(owner_url, serving)
    with pytest.raises(Unavailable):
        await require_current_schema(database)
