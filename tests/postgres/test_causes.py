"""Why the database cannot answer: told to operators by cause, address and SQLSTATE, without secrets; to callers not."""

import ssl
from collections.abc import Callable
from errno import EHOSTUNREACH, ENETUNREACH
from urllib.parse import urlsplit

import asyncpg
import pytest
from structlog.testing import capture_logs

from booking.adapters.postgres.engine import causes
from booking.adapters.postgres.engine.causes import Target, cause_of
from booking.adapters.postgres.engine.database import Database
from booking.adapters.postgres.engine.sessions import BadUrl
from booking.domain.refusals import Unavailable
from tests.support.worlds import SERVING_PASSWORD, serving_url

Change = Callable[[str], str]


def to(database: str) -> Change:
    return lambda url: urlsplit(url)._replace(path=f"/{database}").geturl()


def at(place: str) -> Change:
    return lambda url: urlsplit(url)._replace(netloc=f"someone:{SERVING_PASSWORD}@{place}").geturl()


def asking(query: str) -> Change:
    return lambda url: f"{url}?{query}"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (OSError(ENETUNREACH, "Connect call failed ('192.0.2.1', 5432)"), "no way to that host"),
        (OSError(EHOSTUNREACH, "Connect call failed ('2001:db8::1', 5432, 0, 0)"), "no way to that host"),
        (
            OSError("Multiple exceptions: [Errno 101] Connect call failed, [Errno 113] Connect call failed"),
            "no way to that host",
        ),
        (
            OSError("Multiple exceptions: [Errno 101] Connect call failed, [Errno 111] Connect call failed"),
            "connection refused: nothing listens on that port",
        ),
    ],
)
def test_a_host_to_which_no_way_leads_is_told_from_a_port_on_which_nothing_listens(error: OSError, kind: str) -> None:
    assert cause_of(error).kind == kind


@pytest.mark.parametrize(
    ("change", "cause", "sqlstate"),
    [
        (lambda url: url.replace(SERVING_PASSWORD, "wr0ng"), "wrong password, or no such role", "28P01"),
        (to("nowhere"), "no such database", "3D000"),
        (at("127.0.0.1:1"), "connection refused: nothing listens on that port", None),
        (at("localhost:1"), "connection refused: nothing listens on that port", None),
        (at("no-such-host.invalid:5432"), "unknown host", None),
        (asking("sslmode=require"), "the URL asks for TLS, which the server does not offer", None),
    ],
)
async def test_a_database_that_cannot_be_reached_is_told_with_its_cause_and_address_and_no_secret(
    owner_url: str, change: Change, cause: str, sqlstate: str | None
) -> None:
    url = change(await serving_url(owner_url))
    database = Database(url)
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(Unavailable) as told:
                await database.fetch("SELECT 1")
    await database.close()
    parts = urlsplit(url)
    (line,) = lines
    assert line == {
        "event": "the database cannot answer",
        "log_level": "warning",
        "cause": cause,
        "sqlstate": sqlstate,
        "host": parts.hostname,
        "port": str(parts.port),
        "database": parts.path[1:],
    }
    text = str(told.value)
    assert text.startswith(f"the database '{parts.path[1:]}' at {parts.hostname}:{parts.port} cannot be used: {cause}")
    assert [secret for secret in (SERVING_PASSWORD, "wr0ng") if secret in text] == []
    assert told.value.detail == Unavailable.title, "a caller is told nothing of it"


@pytest.mark.parametrize(
    "query", ["connect_timeout=abc", "sslmode=perhaps", "nothing.at%20all=1", "statement_timeout=x"]
)
async def test_a_bad_parameter_of_the_url_is_named_and_ends_the_start(owner_url: str, query: str) -> None:
    database = Database(f"{await serving_url(owner_url)}?{query}&password=s3cret")
    with pytest.raises(BadUrl) as told:
        await database.fetch("SELECT 1")
    await database.close()
    assert query.partition("=")[0].replace("%20", " ") in str(told.value)
    assert "s3cret" not in str(told.value)


async def test_a_server_that_admits_nobody_without_tls_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise asyncpg.InvalidAuthorizationSpecificationError("no pg_hba.conf entry for host …, no encryption")

    monkeypatch.setattr(asyncpg, "connect", refused)
    with pytest.raises(Unavailable) as told:
        await Database("postgresql://me:s3cret@db.example.com/booking").fetch("SELECT 1")
    assert "asks for TLS" in str(told.value)


async def test_a_certificate_that_nobody_vouches_for_is_told_so_and_ends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise ssl.SSLCertVerificationError("self-signed certificate")

    monkeypatch.setattr(asyncpg, "connect", refused)
    with pytest.raises(Unavailable) as told:
        await Database("postgresql://me:s3cret@db.example.com/booking?sslmode=verify-full").fetch("SELECT 1")
    assert "the server's certificate cannot be verified" in str(told.value)


async def test_a_cause_that_lasts_is_logged_again_after_a_while(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(to("nowhere")(await serving_url(owner_url)))
    monkeypatch.setattr(causes, "PAUSE", 0.0)
    with capture_logs() as lines:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await database.fetch("SELECT 1")
    await database.close()
    assert len(lines) == 2


@pytest.mark.parametrize(
    ("url", "name", "place"),
    [
        ("postgresql://me:secret@db.example.com:6432/booking", "booking", "db.example.com:6432"),
        ("postgresql://me:secret@db.example.com/booking?sslmode=require", "booking", "db.example.com:5432"),
        ("postgresql://me:secret@db.example.com?port=6432&dbname=booking", "booking", "db.example.com:6432"),
        ("postgresql://me:secret@db.example.com:/a%20b", "a b", "db.example.com:5432"),
        ("postgresql://me:secret@[::1]:6432/booking", "booking", "[::1]:6432"),
        ("postgresql://me:secret@[::1]/booking", "booking", "[::1]:5432"),
        ("postgresql://a.example.com:1,b.example.com:2/booking", "booking", "a.example.com:1,b.example.com:2"),
        ("postgresql:///booking?host=/run/postgresql&user=me&password=secret", "booking", "/run/postgresql:5432"),
        ("postgresql://me:secret@%2Frun%2Fpostgresql/booking", "booking", "/run/postgresql:5432"),
        ("postgresql://me:secret@db.example.com", "me", "db.example.com:5432"),
        ("postgresql://db.example.com?user=me&password=secret", "me", "db.example.com:5432"),
    ],
)
def test_an_address_is_read_from_every_form_of_url_without_its_secrets(url: str, name: str, place: str) -> None:
    target = Target.of(url)
    assert (target.database, target.place) == (name, place)


def test_what_a_url_leaves_out_is_read_from_the_environment_as_the_driver_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in {"PGHOST": "db.example.com", "PGPORT": "6432", "PGDATABASE": "booking", "PGUSER": "me"}.items():
        monkeypatch.setenv(name, value)
    assert Target.of("postgresql://") == Target("db.example.com", "6432", "booking")
    assert Target.of("postgresql://other.example.com:1/one") == Target("other.example.com", "1", "one")
    monkeypatch.delenv("PGDATABASE")
    assert Target.of("postgresql://").database == "me"
