"""E-mail by SES: handed to moto as to AWS, and every answer of the API is an outcome in a word."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from moto.server import ThreadedMotoServer
from moto.ses.models import ses_backends
from structlog.testing import capture_logs

from booking.adapters import aws_clients
from booking.adapters.mail.ses import MOST, SesMailer
from booking.config.mail_provider import MailSettings, Ses
from booking.domain.notices.email import Email
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused
from booking.domain.notices.reference import Reference
from booking.domain.values import replace

pytestmark = pytest.mark.anyio

SENDER = "visits@booking.example"
EMAIL = Email(
    message_id="8c1f",
    to="ida@exämple.org",
    to_name="Ida",
    from_name="Almada Homes",
    subject="Visit",
    text="Hi",
    html="<p>Hi</p>",
    reference=Reference(organization_id=UUID(int=1), notice_id=UUID(int=2)),
)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@asynccontextmanager
async def sending(monkeypatch: pytest.MonkeyPatch, url: str, *, limit: int = 0) -> AsyncIterator[SesMailer]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    ses = Ses(region="eu-west-1", configuration_set="booking")
    made = SesMailer(MailSettings(server=ses, sender=SENDER, limit=limit), ses)
    try:
        async with asyncio.timeout(10):
            yield made
    finally:
        await made.aclose()


class Api:
    """Stub of SES that gives one answer to all, and keeps what it was asked."""

    def __init__(self, status: int, error: str | None, message: str) -> None:
        self.answer = json.dumps({"MessageId": "abc"} if error is None else {"message": message}).encode()
        self.head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(self.answer)}\r\nContent-Type: application/json\r\n"
        self.head += f"x-amzn-ErrorType: {error}\r\n" if error else ""
        self.asked: list[dict[str, Any]] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        [length] = [int(line[15:]) for line in head.decode().lower().split("\r\n") if line.startswith("content-length")]
        self.asked.append(json.loads(await reader.readexactly(length)))
        writer.write(self.head.encode() + b"\r\n" + self.answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def answering(
    monkeypatch: pytest.MonkeyPatch, status: int, error: str | None = None, message: str = ""
) -> AsyncIterator[tuple[SesMailer, Api]]:
    api = Api(status, error, message)
    async with await asyncio.start_server(api, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sending(monkeypatch, f"http://127.0.0.1:{port}") as mailer:
            yield mailer, api


async def test_a_message_is_handed_over_as_it_stands(moto: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sending(monkeypatch, moto) as mailer:
        async with aws_clients._client("sesv2", "eu-west-1") as identities:
            await identities.create_email_identity(EmailIdentity=SENDER)
        handed = await mailer.send(EMAIL)
    [sent] = ses_backends["123456789012"]["eu-west-1"].sent_messages
    assert (handed.provider_id, handed.delivered) == (sent.id, False)
    assert (sent.source, sent.destinations[0]) == (SENDER, "ida@xn--exmple-cua.org")
    assert "Subject: Visit\r\n" in sent.raw_data


async def test_its_reports_name_the_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(monkeypatch, 200) as (mailer, api):
        await mailer.send(EMAIL)
        await mailer.send(replace(EMAIL, reference=None))
    told = [(one["ConfigurationSetName"], one.get("EmailTags")) for one in api.asked]
    name = "00000000-0000-0000-0000-000000000001_00000000-0000-0000-0000-000000000002"
    assert told == [("booking", [{"Name": "notice", "Value": name}]), ("booking", None)]


@pytest.mark.parametrize(
    ("status", "error", "message", "outcome"),
    [
        (400, "MessageRejected", "it has a virus", HandoverRefused(HandoverFault.MESSAGE_REFUSED)),
        (400, "BadRequestException", "Illegal address", HandoverRefused(HandoverFault.MESSAGE_REFUSED)),
        (400, "MessageRejected", "Email address is not verified.", HandoverFailed(HandoverFault.SENDER_REFUSED)),
        (400, "AccountSuspendedException", "", HandoverFailed(HandoverFault.SENDER_REFUSED)),
        (400, "SendingPausedException", "", HandoverFailed(HandoverFault.SENDER_REFUSED)),
        (400, "MailFromDomainNotVerifiedException", "", HandoverFailed(HandoverFault.SENDER_REFUSED)),
        (404, "NotFoundException", "", HandoverFailed(HandoverFault.SENDER_REFUSED)),
        (403, "AccessDeniedException", "", HandoverFailed(HandoverFault.LOGIN_REFUSED)),
        (400, "LimitExceededException", "", HandoverFailed(HandoverFault.DEFERRED)),
        (429, "TooManyRequestsException", "", HandoverFailed(HandoverFault.DEFERRED)),
        (500, "InternalFailure", "", HandoverFailed(HandoverFault.DEFERRED)),
        (503, None, "", HandoverFailed(HandoverFault.DEFERRED)),
    ],
    ids=lambda one: str(one) if isinstance(one, int | str) else None,
)
async def test_an_answer_is_final_or_may_be_another_one_later_and_is_asked_for_once(
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    error: str | None,
    message: str,
    outcome: HandoverRefused | HandoverFailed,
) -> None:
    with capture_logs() as logs:
        async with answering(monkeypatch, status, error, message) as (mailer, api):
            with pytest.raises(type(outcome)) as told:
                await mailer.send(EMAIL)
            assert mailer.room() == MOST
    assert (told.value.args, len(api.asked)) == (outcome.args, 1)
    assert "ida" not in str(logs)


async def test_a_provider_that_cannot_be_reached_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with capture_logs() as logs:
        async with sending(monkeypatch, "http://127.0.0.1:1") as mailer:
            for _ in range(2):
                with pytest.raises(HandoverFailed, match=HandoverFault.NOT_CONNECTED):
                    await mailer.send(EMAIL)
    assert [(one["event"], one["fault"], one["server"]) for one in logs] == [
        ("mail failing", "not_connected", "SES in eu-west-1")
    ]


async def test_a_connection_that_ends_before_the_answer_may_have_been_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    async def end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(end, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sending(monkeypatch, f"http://127.0.0.1:{port}") as mailer:
            with pytest.raises(HandoverFailed, match=HandoverFault.CLOSED):
                await mailer.send(EMAIL)


async def test_one_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("booking.adapters.mail.ses.DEADLINE", 0.05)
    held = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()
        writer.close()

    async with await asyncio.start_server(hold, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with sending(monkeypatch, f"http://127.0.0.1:{port}") as mailer:
            with pytest.raises(HandoverFailed, match=HandoverFault.TIMED_OUT):
                await mailer.send(EMAIL)
        held.set()


async def test_without_access_it_is_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    async with sending(monkeypatch, "http://127.0.0.1:1") as mailer:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        with pytest.raises(HandoverFailed, match=HandoverFault.LOGIN_REFUSED):
            await mailer.send(EMAIL)


async def test_an_address_of_other_letters_before_the_at_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(monkeypatch, 200) as (mailer, api):
        with pytest.raises(HandoverRefused, match=HandoverFault.MESSAGE_REFUSED):
            await mailer.send(replace(EMAIL, to="josé@example.org"))
    assert api.asked == []


async def test_the_limit_of_the_account_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(monkeypatch, 200) as (mailer, _):
        assert mailer.room() == MOST
    async with sending(monkeypatch, "http://127.0.0.1:1", limit=60) as slow:
        assert slow.room() == 2


def test_a_reference_is_read_as_it_is_written_and_nothing_else_is_one() -> None:
    written = str(EMAIL.reference)
    assert Reference.read(written) == EMAIL.reference
    assert [Reference.read(text) for text in ("", "_", "x_y", written.replace("-", ""), f"{written}_")] == [None] * 5
