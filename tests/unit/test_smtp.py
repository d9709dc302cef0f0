"""Mailer by SMTP, against real servers: what is encrypted, what is permanent, and what comes again."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from booking.adapters.mail import connections
from booking.adapters.mail.connections import MESSAGES
from booking.adapters.mail.smtp import SmtpMailer
from booking.config.mail_provider import MailServer as Server
from booking.config.mail_provider import MailSettings
from booking.domain.notices.email import Email
from booking.domain.notices.handover import Handed, HandoverFailed, HandoverFault, HandoverRefused
from tests.support.mail_servers import PASSWORD, USER, MailServer, mail_server
from tests.support.receivers import Authority

pytestmark = pytest.mark.anyio

SENDER = "visits@booking.example"
NAME = "mail.example.com"
EMAIL = Email(
    message_id="notice-1",
    to="ida@example.org",
    to_name="Ida",
    from_name="Almada Homes",
    subject="Visit",
    text="Hi",
    html="",
)


def mailer(port: int, *, host: str = "127.0.0.1", limit: int = 0, **more: Any) -> SmtpMailer:
    of_server: dict[str, Any] = {name: more.pop(name) for name in ("user", "password") if name in more}
    server = Server(host=host, port=port, tls=more.pop("tls", False), **of_server)
    return SmtpMailer(MailSettings(server=server, sender=SENDER, limit=limit), server, **more)


@asynccontextmanager
async def sending(one: MailServer, **more: Any) -> AsyncIterator[SmtpMailer]:
    made = mailer(one.port, **more)
    try:
        async with asyncio.timeout(10):
            yield made
    finally:
        await made.aclose()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the server's name lead to this machine."""
    asked = socket.getaddrinfo

    def here(host: Any, *rest: Any, **more: Any) -> Any:
        return asked("127.0.0.1" if host == NAME else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", here)


async def failed(one: MailServer, **more: Any) -> tuple[type[Exception], HandoverFault]:
    async with sending(one, **more) as made:
        with pytest.raises((HandoverRefused, HandoverFailed)) as told:
            await made.send(EMAIL)
    assert told.value.__cause__ is None
    return told.type, HandoverFault(str(told.value))


async def test_a_message_is_handed_over_and_named_by_the_provider() -> None:
    async with mail_server() as server, sending(server) as made:
        assert await made.send(EMAIL) == Handed(provider_id="ID000000")
    [envelope], [message] = server.envelopes, server.messages
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["ida@example.org"])
    assert (message["Message-ID"], message["Subject"]) == ("<notice-1@booking.example>", "Visit")


async def test_messages_share_a_connection() -> None:
    async with mail_server() as server, sending(server) as made:
        for _ in range(3):
            await made.send(EMAIL)
    assert (server.connections, len(server.envelopes)) == (1, 3)


async def test_a_connection_takes_its_share_of_messages_and_no_more() -> None:
    async with mail_server() as server, sending(server) as made:
        for _ in range(MESSAGES + 1):
            await made.send(EMAIL)
    assert server.connections == 2


async def test_a_connection_that_rested_for_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with mail_server() as server, sending(server) as made:
        await made.send(EMAIL)
        monkeypatch.setattr(connections, "IDLE", 0)
        await made.send(EMAIL)
    assert server.connections == 2


async def test_a_message_whose_connection_was_ended_meanwhile_goes_on_a_new_one() -> None:
    async with mail_server() as server, sending(server) as made:
        await made.send(EMAIL)
        server.says = {"RSET": "421 4.4.2 idle"}
        await made.send(EMAIL)
    assert (server.connections, len(server.envelopes)) == (2, 2)


async def test_many_messages_go_at_once_on_few_connections() -> None:
    async with mail_server() as server, sending(server) as made:
        await asyncio.gather(*(made.send(EMAIL) for _ in range(50)))
    assert (server.connections, len(server.envelopes)) == (8, 50)


async def test_a_server_elsewhere_is_spoken_to_by_starttls_and_logged_in_to(named: None, authority: Authority) -> None:
    of = {"host": NAME, "user": USER, "password": PASSWORD, "trust": authority.trusting()}
    async with mail_server(starttls=authority.serving(NAME), login=True) as server, sending(server, **of) as made:
        await made.send(EMAIL)
    assert (server.secure, server.logins) == ([True], [(USER, PASSWORD)])


async def test_a_server_by_smtps_is_spoken_to_by_tls_from_the_first_byte(named: None, authority: Authority) -> None:
    of = {"host": NAME, "tls": True, "trust": authority.trusting()}
    async with mail_server(tls=authority.serving(NAME)) as server, sending(server, **of) as made:
        await made.send(EMAIL)
    assert server.secure == [True]


async def test_a_server_elsewhere_without_starttls_gets_nothing(named: None, authority: Authority) -> None:
    async with mail_server() as server:
        told = await failed(server, host=NAME, user=USER, password=PASSWORD, trust=authority.trusting())
    assert told == (HandoverFailed, HandoverFault.TLS_FAILED)
    assert (server.envelopes, server.logins) == ([], [])


@pytest.mark.parametrize("tls", [False, True], ids=["starttls", "smtps"])
async def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    named: None, authority: Authority, tls: bool
) -> None:
    serving = authority.serving(NAME)
    async with mail_server(starttls=None if tls else serving, tls=serving if tls else None) as server:
        assert await failed(server, host=NAME, tls=tls) == (HandoverFailed, HandoverFault.TLS_FAILED)
    assert server.envelopes == []


@pytest.mark.parametrize("tls", [False, True], ids=["starttls", "smtps"])
async def test_a_certificate_of_another_name_is_not_trusted(named: None, authority: Authority, tls: bool) -> None:
    serving, trust = authority.serving("mail.example.net"), authority.trusting()
    async with mail_server(starttls=None if tls else serving, tls=serving if tls else None) as server:
        assert await failed(server, host=NAME, tls=tls, trust=trust) == (HandoverFailed, HandoverFault.TLS_FAILED)
    assert server.envelopes == []


async def test_a_wrong_password_is_the_operators_to_mend(named: None, authority: Authority) -> None:
    async with mail_server(starttls=authority.serving(NAME), login=True) as server:
        told = await failed(server, host=NAME, user=USER, password="wrong", trust=authority.trusting())
    assert told == (HandoverFailed, HandoverFault.LOGIN_REFUSED)


@pytest.mark.parametrize(
    ("command", "answer", "outcome", "fault"),
    [
        ("RCPT", "550 5.1.1 hidden: no such user", HandoverRefused, HandoverFault.ADDRESS_REFUSED),
        ("RCPT", "450 4.2.0 greylisted", HandoverFailed, HandoverFault.DEFERRED),
        ("RCPT", "421 4.3.2 hidden: closing", HandoverFailed, HandoverFault.DEFERRED),
        ("MAIL", "550 5.7.1 not your address", HandoverFailed, HandoverFault.SENDER_REFUSED),
        ("DATA", "554 5.7.1 spam", HandoverRefused, HandoverFault.MESSAGE_REFUSED),
        ("DATA", "451 4.3.0 later", HandoverFailed, HandoverFault.DEFERRED),
        ("DATA", "421 4.7.0 slow down", HandoverFailed, HandoverFault.DEFERRED),
        ("MAIL", "drop", HandoverFailed, HandoverFault.CLOSED),
        ("RCPT", "drop", HandoverFailed, HandoverFault.CLOSED),
        ("DATA", "drop", HandoverFailed, HandoverFault.CLOSED),
    ],
)
async def test_a_refusal_says_whether_it_may_pass_and_nothing_of_the_reply(
    command: str, answer: str, outcome: type[Exception], fault: HandoverFault
) -> None:
    async with mail_server({command: answer}) as server:
        assert await failed(server) == (outcome, fault)
    assert server.envelopes == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs_is_not_waited_for(command: str) -> None:
    async with mail_server({command: "hang"}) as server:
        assert await failed(server, step=0.05) == (HandoverFailed, HandoverFault.TIMED_OUT)


async def test_a_fault_of_the_server_is_logged_once_a_minute_and_one_of_a_message_not() -> None:
    with capture_logs() as lines:
        async with mail_server({"MAIL": "550 5.7.1 hidden"}) as server, sending(server) as made:
            for says in ("550 5.7.1 hidden", "550 5.7.1 hidden", "451 4.7.1 hidden", "drop"):
                server.says = {"MAIL": says}
                with pytest.raises(HandoverFailed):
                    await made.send(EMAIL)
    about = {"event": "mail failing", "server": f"127.0.0.1:{server.port}", "log_level": "warning"}
    assert lines == [about | {"fault": "sender_refused"}, about | {"fault": "closed"}]


async def test_after_a_refusal_the_connection_is_used_again() -> None:
    async with mail_server({"RCPT": "550 5.1.1 none"}) as server, sending(server) as made:
        with pytest.raises(HandoverRefused):
            await made.send(EMAIL)
        server.says = {}
        await made.send(EMAIL)
    assert (server.connections, len(server.envelopes)) == (1, 1)


async def test_a_server_that_is_not_there_is_tried_again_later() -> None:
    async with mail_server() as server:
        pass
    assert await failed(server) == (HandoverFailed, HandoverFault.NOT_CONNECTED)


async def test_an_address_of_other_letters_needs_a_server_that_knows_them() -> None:
    email = Email(message_id="1", to="josé@exämple.org", subject="S", text="T", html="")
    async with mail_server() as server, sending(server) as made:
        await made.send(email)
    [envelope] = server.envelopes
    assert (envelope.rcpt_tos, envelope.smtp_utf8) == (["josé@xn--exmple-cua.org"], True)
    async with mail_server(utf8=False) as server, sending(server) as made:
        with pytest.raises(HandoverRefused) as told:
            await made.send(email)
    assert told.value.fault is HandoverFault.MESSAGE_REFUSED


async def test_a_domain_of_other_letters_needs_none() -> None:
    async with mail_server(utf8=False) as server, sending(server) as made:
        await made.send(Email(message_id="1", to="ida@exämple.org", subject="S", text="T", html=""))
    assert server.envelopes[0].rcpt_tos == ["ida@xn--exmple-cua.org"]


async def test_the_limit_of_a_provider_is_kept_and_told_before() -> None:
    async with mail_server() as server, sending(server, limit=10) as made:
        assert made.room() == 1
        await made.send(EMAIL)
        assert made.room() == 0
        with pytest.raises(HandoverFailed) as told:
            await made.send(EMAIL)
    assert (told.value.fault, len(server.envelopes)) == (HandoverFault.LIMITED, 1)


async def test_no_more_is_asked_for_than_there_are_connections() -> None:
    async with mail_server({"DATA": "hang"}) as server, sending(server) as made:
        assert made.room() == 8
        tasks = [asyncio.create_task(made.send(EMAIL)) for _ in range(8)]
        await server.busy.wait()
        assert made.room() == 0
        server.go_on.set()
        await asyncio.gather(*tasks)
        assert made.room() == 8


async def test_within_the_limit_messages_go_evenly() -> None:
    async with mail_server() as server, sending(server, limit=60 * 100) as made:
        begun = asyncio.get_running_loop().time()
        await asyncio.gather(*(made.send(EMAIL) for _ in range(11)))
        assert asyncio.get_running_loop().time() - begun >= 0.1
    assert len(server.envelopes) == 11


async def test_a_message_that_is_given_up_leaves_no_connection_in_the_middle() -> None:
    async with mail_server({"DATA": "hang"}) as server, sending(server) as made:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await made.send(EMAIL)
        server.says = {}
        await made.send(EMAIL)
    assert (server.connections, len(server.envelopes)) == (2, 1)


def test_the_systems_certificates_are_verified_with_their_names(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    context = connections.system_trust()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.keylog_filename is None
