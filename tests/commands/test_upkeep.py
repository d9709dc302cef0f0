"""What operators look after: dead events, dead screenings, the audit, a person's erasure."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from uuid import uuid4

import boto3  # type: ignore[import-untyped]
import pytest

from booking.adapters.postgres.engine.database import Database
from booking.cli.parser import main
from booking.config import audit_secrets
from booking.domain.audit import key_id_of
from booking.domain.delivery.delivery import Failure, Settlement
from booking.entrypoints.dev.sqs import MAX_RECEIVES, EmbeddedSqs
from booking.entrypoints.relay import LEASE
from booking.service.audit import SealingService
from tests.builders import Organization, organization
from tests.support.stores import postgres_store
from tests.support.worlds import as_owner, serving_url

SECRET = "s" * 32
EMAIL = "ada.lovelace@example.com"

Run = Callable[..., Coroutine[Any, Any, int]]


@pytest.fixture(scope="module")
def sqs() -> Iterator[EmbeddedSqs]:
    with EmbeddedSqs.start(queue=f"upkeep-{uuid4()}") as running:
        yield running


@pytest.fixture
def queue(sqs: EmbeddedSqs) -> Any:
    return boto3.client(
        "sqs",
        endpoint_url=sqs.endpoint_url,
        region_name=sqs.region,
        aws_access_key_id=sqs.access_key_id,
        aws_secret_access_key=sqs.secret_access_key,
    )


@pytest.fixture
async def run(owner_url: str, sqs: EmbeddedSqs, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command line as a process of its own would, with its own event loop."""
    for name, value in {
        "DATABASE_URL": await serving_url(owner_url),
        "BOOKING_AUDIT_SECRET": SECRET,
        "BOOKING_SQS_QUEUE_URL": sqs.queue_url,
        "AWS_ENDPOINT_URL_SQS": sqs.endpoint_url,
        "AWS_DEFAULT_REGION": sqs.region,
        "AWS_ACCESS_KEY_ID": sqs.access_key_id,
        "AWS_SECRET_ACCESS_KEY": sqs.secret_access_key,
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *words: asyncio.to_thread(main, [str(word) for word in words])


@pytest.fixture
def agency(database: Database) -> Organization:
    return organization(postgres_store(database))


def screened(agency: Organization, **changes: object) -> str:
    event: dict[str, object] = {
        "event_type": "APPLICANT_SCREENED",
        "applicant_id": str(uuid4()),
        "organization_id": str(agency.organization_id),
        "name": "Ada Lovelace",
        "email": EMAIL,
        "risk_level": "LOW",
    }
    return json.dumps(event | changes)


def bury(sqs: EmbeddedSqs, queue: Any, body: str) -> str:
    """Sends a message and receives it until it is dead."""
    sent = queue.send_message(QueueUrl=sqs.queue_url, MessageBody=body)["MessageId"]
    for _ in range(MAX_RECEIVES + 1):
        queue.receive_message(QueueUrl=sqs.queue_url, VisibilityTimeout=0, MaxNumberOfMessages=10)
    return str(sent)


async def test_what_a_terminal_would_obey_in_a_dead_screening_is_shown_escaped(
    run: Run, sqs: EmbeddedSqs, queue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = bury(sqs, queue, '{"name": "\x9b31m\u202eAna\tB",\n"email": "é"}')
    assert await run("screenings", "dead", "show", bad) == 0
    told = capsys.readouterr().out
    assert await run("screenings", "dead", "delete", bad) == 0
    assert told.splitlines()[1:] == ['{"name": "\\x9b31m\\u202eAna\tB",', '"email": "é"}']


async def test_dead_screenings_are_listed_with_their_reason_shown_and_sent_back(
    run: Run, agency: Organization, sqs: EmbeddedSqs, queue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = bury(sqs, queue, screened(agency, risk_level="MILD")), bury(sqs, queue, screened(agency))
    assert await run("screenings", "dead", "list") == 0
    told = capsys.readouterr().out
    assert "2 dead letters" in told
    assert f"{bad}" in told
    assert "risk_level: is not one of the known values" in told
    assert EMAIL not in told
    assert await run("screenings", "dead", "show", bad) == 0
    assert "MILD" in capsys.readouterr().out
    assert await run("screenings", "dead", "show", "nonsense") == 1
    assert await run("screenings", "dead", "redrive", "nonsense") == 1
    assert await run("screenings", "dead", "redrive", good) == 0
    assert "1 sent back" in capsys.readouterr().out
    (back,) = queue.receive_message(QueueUrl=sqs.queue_url, WaitTimeSeconds=2)["Messages"]
    assert json.loads(back["Body"])["email"] == EMAIL
    queue.delete_message(QueueUrl=sqs.queue_url, ReceiptHandle=back["ReceiptHandle"])
    assert await run("screenings", "dead", "redrive", "--all") == 0
    assert await run("screenings", "dead", "list") == 0
    assert capsys.readouterr().out.endswith("0 dead letters\n")
    queue.purge_queue(QueueUrl=sqs.queue_url)


async def test_looking_at_dead_screenings_leaves_their_count_and_deleting_takes_them_away(
    run: Run, agency: Organization, sqs: EmbeddedSqs, queue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = (bury(sqs, queue, screened(agency, risk_level="MILD")) for _ in range(2))
    told = []
    for _ in range(3):
        assert await run("screenings", "dead", "list") == 0
        told.append(capsys.readouterr().out)
    assert told[0].count(f"  received {MAX_RECEIVES} times  ") == 2
    assert told == [told[0]] * 3
    assert await run("screenings", "dead", "delete", "nonsense") == 1
    assert await run("screenings", "dead", "delete", first) == 0
    assert capsys.readouterr().out.endswith(f"on queue {sqs.queue_url}\n1 deleted\n")
    assert await run("screenings", "dead", "list") == 0
    left = capsys.readouterr().out
    assert first not in left
    assert second in left
    assert await run("screenings", "dead", "delete", "--all") == 0
    assert await run("screenings", "dead", "list") == 0
    assert capsys.readouterr().out.endswith("0 dead letters\n")


async def test_dead_events_are_listed_shown_and_handed_on_again(
    run: Run, agency: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    outbox = agency.store.outbox
    await agency.slot(await agency.agent())
    await outbox.place(10)
    (batch,) = await outbox.take({"log": 1}, 1, 10, LEASE)
    added, created = batch.deliveries
    failure = Failure(delivery=created, reason="ConnectionError", again_in=None)
    assert await outbox.settle(batch, Settlement(heard=[added], failed=[failure], waiting=[]))
    event_id = created.recorded.id
    assert await run("events", "dead", "list") == 0
    told = capsys.readouterr().out
    assert str(event_id) in told
    assert "ConnectionError" in told
    assert "1 dead event\n" in told
    assert await run("events", "dead", "show", event_id) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["reason"], shown["event"]["type"], shown["event"]["id"]) == (
        "ConnectionError",
        "slot.created",
        str(event_id),
    )
    assert await run("events", "dead", "show", uuid4()) == 1
    assert await run("events", "dead", "redrive", uuid4()) == 1
    assert await run("events", "dead", "redrive", event_id) == 0
    (batch,) = await outbox.take({"log": 1}, 1, 10, LEASE)
    assert [one.recorded.id for one in batch.deliveries] == [event_id]


async def test_the_audit_is_verified_and_a_changed_row_is_told(
    run: Run, agency: Organization, owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run("audit", "verify") == 0
    assert "nothing is sealed yet" in capsys.readouterr().out
    await agency.slots_of(await agency.agent(), 2)
    await agency.store.outbox.place(10)
    sealed = await SealingService(agency.store.trail, agency.store.now, SECRET.encode()).seal()
    assert sealed is not None
    head = f"{sealed.number}:{sealed.digest.hex()}"
    assert await run("audit", "verify", "--head", head) == 0
    assert f"1 seal, to position 3, head {sealed.digest.hex()}" in capsys.readouterr().out
    await as_owner(owner_url, "UPDATE events SET actor_subject = 'nobody' WHERE position = 2")
    assert await run("audit", "verify") == 1
    assert "seal 1: an event at a position from 1 to 3 was changed" in capsys.readouterr().out
    await as_owner(owner_url, "DELETE FROM seals")
    assert await run("audit", "verify", "--head", head) == 1
    assert "it is not the one that was logged" in capsys.readouterr().out


async def test_the_secret_of_the_audit_is_changed_by_the_steps_of_docs_rotation(
    run: Run, agency: Organization, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Twice, and with instances of both steps beside each other."""
    secrets, before = [SECRET, "second" * 6, "third one" * 4], list[str]()
    for number, secret in enumerate(secrets):
        monkeypatch.setenv("BOOKING_AUDIT_SECRET", secret)
        monkeypatch.setenv("BOOKING_AUDIT_SECRETS_BEFORE", " ".join(before))
        former = [one.encode() for one in audit_secrets()[1:]]
        for sealing in (secret, *secrets[max(number - 1, 0) : number], secret):
            await agency.slot(await agency.agent())
            await agency.store.outbox.place(10)
            service = SealingService(agency.store.trail, agency.store.now, sealing.encode(), former)
            assert await service.seal() is not None
        assert await run("audit", "verify") == 0
        before.insert(0, secret)
    assert "all is as it was sealed: 8 seals, to position 16" in capsys.readouterr().out
    monkeypatch.setenv("BOOKING_AUDIT_SECRETS_BEFORE", before[1])
    assert await run("audit", "verify") == 1
    missing = key_id_of(SECRET.encode())
    told = capsys.readouterr().out.splitlines()
    assert told == [
        f"seal {number}: its secret, of the id {missing}, is not among those that are given" for number in (1, 2, 4)
    ]


async def test_an_audit_whose_seals_or_later_events_are_gone_fails_to_verify(
    run: Run, agency: Organization, owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await agency.slots_of(await agency.agent(), 2)
    await agency.store.outbox.place(10)
    assert await run("audit", "verify") == 0
    assert capsys.readouterr().out == "nothing is sealed yet\n"
    assert await SealingService(agency.store.trail, agency.store.now, SECRET.encode()).seal() is not None
    await agency.slot(await agency.agent())
    await agency.store.outbox.place(10)
    await as_owner(owner_url, "DELETE FROM deliveries")
    await as_owner(owner_url, "DELETE FROM events WHERE position = 5")
    assert await run("audit", "verify") == 1
    assert capsys.readouterr().out == "position 5 is missing\n"
    await as_owner(owner_url, "DELETE FROM seals")
    assert await run("audit", "verify") == 1
    assert capsys.readouterr().out == "seal 1 is missing\nposition 5 is missing\n"


async def test_a_person_is_erased_from_the_dead_letters_too(
    run: Run, agency: Organization, sqs: EmbeddedSqs, queue: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    applicant = (await agency.applicant(EMAIL)).applicants[0]
    bury(sqs, queue, screened(agency, risk_level="MILD"))
    bury(sqs, queue, screened(agency, risk_level="MILD", email="another@example.com"))
    erase = ("applicant", "erase", "--organization", agency.organization_id, "--applicant", applicant.id)
    assert await run(*erase) == 0
    assert "1 dead letter of theirs deleted" in capsys.readouterr().out
    assert await run(*erase) == 0
    assert "0 dead letters of theirs deleted" in capsys.readouterr().out
    assert await run("screenings", "dead", "list") == 0
    assert "1 dead letter\n" in capsys.readouterr().out


async def test_what_is_missing_is_said_in_one_line(
    run: Run, sqs: EmbeddedSqs, queue: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = queue.create_queue(QueueName=f"plain-{uuid4()}")["QueueUrl"]
    monkeypatch.setenv("BOOKING_SQS_QUEUE_URL", plain)
    assert await run("screenings", "dead", "list") == 1
    assert "no dead-letter queue" in capsys.readouterr().err
    monkeypatch.setenv("BOOKING_SQS_QUEUE_URL", "")
    assert await run("screenings", "dead", "list") == 1
    assert "BOOKING_SQS_QUEUE_URL is required" in capsys.readouterr().err
    monkeypatch.setenv("BOOKING_AUDIT_SECRET", "")
    assert await run("audit", "verify") == 1
    assert "BOOKING_AUDIT_SECRET is required" in capsys.readouterr().err


async def test_figures_are_computed_anew_from_the_rows(
    run: Run, agency: Organization, owner_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await agency.slots_of(await agency.agent(), 2)
    assert await run("reports", "rebuild", "--organization", agency.organization_id) == 0
    assert "2 cells of figures computed anew\n" in capsys.readouterr().out
    assert len(await as_owner(owner_url, "SELECT FROM figure_cells")) == 2
