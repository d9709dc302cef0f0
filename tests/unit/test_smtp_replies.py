"""Replies of SMTP servers: what is permanent, and whose fault it is."""

import pytest

from booking.adapters.mail.replies import Stage, outcome, provider_id
from booking.domain.notices.handover import HandoverFailed, HandoverFault, HandoverRefused

SENDER, RECIPIENT, CONTENT = Stage.SENDER, Stage.RECIPIENT, Stage.CONTENT


@pytest.mark.parametrize(
    ("stage", "code", "text", "fault"),
    [
        (RECIPIENT, 550, "5.1.1 no such user", HandoverFault.ADDRESS_REFUSED),
        (RECIPIENT, 550, "5.1.10 the domain takes no mail", HandoverFault.ADDRESS_REFUSED),
        (RECIPIENT, 550, "5.2.1 mailbox disabled", HandoverFault.ADDRESS_REFUSED),
        (RECIPIENT, 550, "no such user", HandoverFault.ADDRESS_REFUSED),
        (RECIPIENT, 553, "mailbox name not allowed", HandoverFault.ADDRESS_REFUSED),
        (RECIPIENT, 550, "5.7.1 you are on a list", HandoverFault.MESSAGE_REFUSED),
        (RECIPIENT, 554, "transaction failed", HandoverFault.MESSAGE_REFUSED),
        (CONTENT, 554, "5.6.0 no", HandoverFault.MESSAGE_REFUSED),
        (CONTENT, 550, "5.1.1 no such user", HandoverFault.MESSAGE_REFUSED),
        (CONTENT, 552, "5.3.4 too large", HandoverFault.MESSAGE_REFUSED),
        (SENDER, 552, "too large", HandoverFault.MESSAGE_REFUSED),
        (SENDER, 554, "5.3.4 too large", HandoverFault.MESSAGE_REFUSED),
    ],
)
def test_a_permanent_refusal_is_of_the_address_or_of_the_message(
    stage: Stage, code: int, text: str, fault: HandoverFault
) -> None:
    told = outcome(stage, code, text)
    assert isinstance(told, HandoverRefused)
    assert told.fault is fault


@pytest.mark.parametrize(
    ("stage", "code", "text", "fault"),
    [
        (RECIPIENT, 450, "mailbox busy", HandoverFault.DEFERRED),
        (RECIPIENT, 452, "4.5.3 too many recipients", HandoverFault.DEFERRED),
        (RECIPIENT, 552, "too many recipients, or a full mailbox", HandoverFault.DEFERRED),
        (RECIPIENT, 550, "5.2.2 mailbox full", HandoverFault.DEFERRED),
        (CONTENT, 552, "5.2.2 mailbox full", HandoverFault.DEFERRED),
        (CONTENT, 550, "4.2.2 of two minds", HandoverFault.DEFERRED),
        (CONTENT, 421, "closing", HandoverFault.DEFERRED),
        (CONTENT, 354, "out of turn", HandoverFault.DEFERRED),
        (SENDER, 550, "5.7.1 not your address", HandoverFault.SENDER_REFUSED),
        (SENDER, 530, "5.7.0 log in first", HandoverFault.SENDER_REFUSED),
        (RECIPIENT, 550, "5.1.8 bad sender's domain", HandoverFault.SENDER_REFUSED),
        (RECIPIENT, 553, "5.1.7 bad sender", HandoverFault.SENDER_REFUSED),
    ],
)
def test_a_passing_fault_and_one_of_the_operators_come_again(
    stage: Stage, code: int, text: str, fault: HandoverFault
) -> None:
    told = outcome(stage, code, text)
    assert isinstance(told, HandoverFailed)
    assert told.fault is fault


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("2.0.0 Ok: queued as 4bXyZ01", "4bXyZ01"),
        ("Ok 0102018f3a5e-77c1-000000", "0102018f3a5e-77c1-000000"),
        ("2.0.0 OK 1733 ffacd0b85a97d-385 - gsmtp", None),
        ("Ok: queued as <script>alert(1)</script>", None),
        ("accepted", None),
        ("", None),
    ],
)
def test_the_providers_name_for_a_message_is_read_where_it_tells_one(text: str, id: str | None) -> None:
    assert provider_id(text) == id
