"""`booking mail-test`: one message by the configured server, and what came of it."""

import pytest

from booking.cli.mail import CAUSES, mail_test
from booking.config.variables import ConfigurationError
from booking.domain.notices.handover import HandoverFault
from tests.support.mail_servers import mail_server

pytestmark = pytest.mark.anyio


async def told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: int) -> tuple[int, str]:
    monkeypatch.setenv("BOOKING_SMTP_URL", f"smtp://localhost:{port}")
    monkeypatch.setenv("BOOKING_MAIL_FROM", "visits@booking.example")
    code = await mail_test("ida@example.org")
    return code, capsys.readouterr().out.replace(str(port), "PORT")


async def test_a_message_is_handed_over(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async with mail_server() as server:
        assert await told(monkeypatch, capsys, server.port) == (
            0,
            "localhost:PORT took it as ID000000: now look into the mailbox, and among its spam\n",
        )
    [message] = server.messages
    assert (message["To"], message["From"]) == ("ida@example.org", "visits@booking.example")


async def test_a_refusal_is_explained(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    async with mail_server({"MAIL": "550 5.7.1 no"}) as server:
        code, said = await told(monkeypatch, capsys, server.port)
    assert (code, said.partition(":PORT ")[2]) == (
        1,
        f"did not take it (sender_refused): {CAUSES[HandoverFault.SENDER_REFUSED]}\n",
    )


async def test_without_a_server_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOOKING_SMTP_URL", raising=False)
    monkeypatch.delenv("BOOKING_MAIL_FROM", raising=False)
    with pytest.raises(ConfigurationError, match="BOOKING_MAIL_FROM and one of BOOKING_SMTP_URL"):
        await mail_test("ida@example.org")


async def test_the_faults_of_the_configuration_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOOKING_SMTP_URL", "smtp://hidden@x")
    monkeypatch.setenv("BOOKING_MAIL_FROM", "visits@booking.example")
    with pytest.raises(ConfigurationError, match="BOOKING_SMTP_URL must have both"):
        await mail_test("ida@example.org")


def test_every_fault_is_explained() -> None:
    assert CAUSES.keys() == set(HandoverFault)
