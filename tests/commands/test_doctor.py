"""`booking doctor` says in a line each what the service stands on, and what to do."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from urllib.parse import urlsplit
from uuid import uuid4

import boto3  # type: ignore[import-untyped]
import pytest

from booking.cli.parser import main
from booking.entrypoints.dev.sqs import EmbeddedSqs
from tests.commands.test_serve import published
from tests.support.issuer import EcKey
from tests.support.worlds import as_owner, serving_url

SECRET = "s" * 32

Examined = Callable[[], Awaitable[tuple[int, list[str]]]]


@pytest.fixture(scope="module")
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"doctor-{uuid4()}") as running:
        yield running


@pytest.fixture
async def examined(
    owner_url: str, sqs: EmbeddedSqs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Examined:
    for name, value in {
        "DATABASE_URL": await serving_url(owner_url),
        "BOOKING_AUTH_HS256_SECRET": SECRET,
        "BOOKING_AUTH_ISSUER": "https://issuer.example",
        "BOOKING_AUDIT_SECRET": SECRET,
        "BOOKING_SECRETS_KEY": SECRET,
        "BOOKING_PUBLIC_URL": "https://booking.example",
        "BOOKING_METRICS_PORT": "9000",
        "BOOKING_SQS_QUEUE_URL": sqs.queue_url,
        "AWS_ENDPOINT_URL_SQS": sqs.endpoint_url,
        "AWS_DEFAULT_REGION": sqs.region,
        "AWS_ACCESS_KEY_ID": sqs.access_key_id,
        "AWS_SECRET_ACCESS_KEY": sqs.secret_access_key,
    }.items():
        monkeypatch.setenv(name, value)

    async def run() -> tuple[int, list[str]]:
        code = await asyncio.to_thread(main, ["doctor"])
        return code, capsys.readouterr().out.splitlines()

    return run


async def test_where_all_is_well_it_says_of_each_thing_how_it_is(examined: Examined) -> None:
    code, lines = await examined()
    told = [re.sub(r"[+-]?\d+(\.\d+)?( s)?", "N", line) for line in lines if "naptime" not in line]
    assert (code, told) == (
        0,
        [
            "ok    configuration  nobody is told of anything",
            "ok    database       PostgreSQL N answers",
            "ok    clock          the database's is N off this host's",
            "ok    migrations     all of this release are applied",
            "ok    privileges     the serving role may do what it needs, and no more",
            "ok    partitions     there are some until the end of N",
            "ok    log events     all are heard",
            "ok    seals          what happened is sealed",
            "ok    queue          it answers, with N messages waiting",
            "ok    dead letters   N; a message goes there after N receives",
            "ok    issuer         its secret is configured",
            "nothing is wrong",
        ],
    )


async def test_what_is_wrong_with_the_configuration_is_said_whole_and_nothing_else_is_looked_at(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOOKING_WORKERS", "many")
    monkeypatch.delenv("BOOKING_AUDIT_SECRET")
    code, lines = await examined()
    assert code == 1
    assert [line[:21] for line in lines] == ["fault configuration  "] * 2 + ["2 faults"]
    assert [name for name in ("BOOKING_WORKERS", "BOOKING_AUDIT_SECRET") if name not in "".join(lines)] == []


async def test_a_database_that_is_not_there_is_named_without_its_password(
    examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://booking:geheim@127.0.0.1:1/booking")
    code, lines = await examined()
    assert code == 1
    assert [line for line in lines if line.startswith("fault")] == [
        "fault database       the database 'booking' at 127.0.0.1:1 cannot be used: connection refused: nothing listens"
        " on that port: see DATABASE_URL, and whether the server runs"
    ]
    assert "geheim" not in "".join(lines)


async def test_faults_of_schema_rights_events_and_seals_are_told_each_with_what_to_do(
    examined: Examined, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = urlsplit(await serving_url(owner_url)).username
    await as_owner(owner_url, f'GRANT DELETE ON bookings TO "{role}"')
    await as_owner(owner_url, "UPDATE positions SET last = 5")
    monkeypatch.setenv("BOOKING_WORKERS", "64")
    code, lines = await examined()
    told = [line for line in lines if line.startswith("fault")]
    assert code == 1
    assert [line[6:21].strip() for line in told] == ["database", "privileges", "seals"]
    assert "may DELETE bookings" in told[1]
    assert lines[-1] == "3 faults"


async def test_a_database_that_is_not_migrated_is_told_so(examined: Examined, owner_url: str) -> None:
    await as_owner(owner_url, "DELETE FROM schema_migrations WHERE version > 10")
    code, lines = await examined()
    assert code == 1
    (told,) = [line for line in lines if line.startswith("fault")]
    assert told == (
        "fault migrations     the database is not migrated: run `booking migrate`: see `booking migrate --status`"
    )


async def test_a_queue_without_a_place_for_dead_letters_and_one_that_is_not_there_are_faults(
    examined: Examined, sqs: EmbeddedSqs, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = boto3.client(
        "sqs",
        endpoint_url=sqs.endpoint_url,
        region_name=sqs.region,
        aws_access_key_id=sqs.access_key_id,
        aws_secret_access_key=sqs.secret_access_key,
    )
    alone = client.create_queue(QueueName="alone")["QueueUrl"]
    for url, says in ((alone, "the queue has no dead-letter queue"), (f"{alone}-not", "NonExistentQueue")):
        monkeypatch.setenv("BOOKING_SQS_QUEUE_URL", url)
        code, lines = await examined()
        assert code == 1
        (told,) = [line for line in lines if line.startswith("fault")]
        assert told.startswith("fault queue")
        assert says in told


async def test_an_issuer_is_asked_for_its_keys(examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOOKING_AUTH_HS256_SECRET")
    told = []
    for keys in ([EcKey("1").jwk], []):
        with published(*keys) as url:
            monkeypatch.setenv("BOOKING_AUTH_JWKS_URL", url)
            told.append(await examined())
    told.append(await examined())
    assert [(code, line) for code, lines in told for line in lines if " issuer " in line] == [
        (0, "ok    issuer         it publishes 1 key"),
        (1, "fault issuer         it publishes no key of use: use EC P-256, or RSA of 2048 bits"),
        (
            1,
            "fault issuer         its keys cannot be had (ConnectError): see BOOKING_AUTH_JWKS_URL: nobody new is let"
            " in",
        ),
    ]
