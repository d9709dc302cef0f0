"""The rules of statements that make the same code run on one server and on a distributed one (ADR 48)."""

import pytest

from booking.adapters.postgres import leases, migrations, restores
from booking.adapters.postgres.delivery import feed, outbox
from booking.adapters.postgres.figures import cells
from booking.adapters.postgres.notices import queue as notice_queue
from booking.adapters.postgres.people import agents, identity, screenings
from booking.adapters.postgres.planning import jobs
from tests.support.statements import EXCEPTIONS, breaches, statements

OF_ALL = {
    screenings.NOW.sql,
    migrations.VERSION.sql,
    outbox.PLACE.sql,
    outbox.REDRIVE.sql,
    feed.SECRET.sql,
    leases.ENTER.sql,
    leases.TAKE.sql,
    leases.GIVE_BACK.sql,
    notice_queue.OLDEST.sql,
    agents.ONE_PROVISIONING.sql,
    cells.FOLLOWED.sql,
    cells.FOLLOW.sql,
    cells.LAG.sql,
    jobs.DUE.sql,
    restores.MARKS.sql,
    restores.ADD.sql,
    restores.RAISE_EPOCH.sql,
    restores.END_NOTICES.sql,
    restores.PAUSE.sql,
    restores.RELEASE.sql,
    restores.NEWEST.sql,
}
"""The clock, the schema, and what the service or its owner does over all organizations."""


def test_no_statement_that_is_kept_is_one_that_a_distributed_engine_does_not_take() -> None:
    found = {one.sql: breaches(one.sql) for one in statements()}
    assert len(found) > 60
    assert {text: rules for text, rules in found.items() if rules and text not in EXCEPTIONS} == {}


def test_every_statement_names_the_organization_but_for_a_few() -> None:
    """A token may name no organization, so that logins are looked for over all: that is said by the columns alone."""
    assert {one.sql for one in statements() if "organization_id" not in one.sql} == OF_ALL
    assert "organization_id" in identity.LOGINS.sql


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("SELECT CAST(NULL AS slots) AS slot UNION ALL SELECT s FROM slots s", ["a whole row as a value"]),
        ("SELECT NULL::bookings, NULL::uuid", ["a whole row as a value"]),
        ("SELECT pg_advisory_xact_lock(1)", ["an advisory lock or a sequence"]),
        (
            "INSERT INTO agents (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET at = booking_now() RETURNING id",
            ["a function in DO UPDATE SET"],
        ),
        ("INSERT INTO agents (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET at = EXCLUDED.at RETURNING f(id)", []),
        (
            "WITH a AS (INSERT INTO slots (id) SELECT $1 WHERE true) SELECT * FROM a",
            ["INSERT … SELECT without FROM"],
        ),
        ("WITH a AS (INSERT INTO slots (id) SELECT id FROM b) SELECT 1", []),
    ],
)
def test_a_breach_is_seen(text: str, rules: list[str]) -> None:
    assert breaches(text) == rules
