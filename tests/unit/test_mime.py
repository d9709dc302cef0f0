"""Messages as they are transferred."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.adapters.mail.mime import Mime, address, mime
from booking.domain.notices.email import Attachment, Email
from booking.domain.notices.handover import HandoverFault, HandoverRefused
from booking.domain.values import replace

AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SENDER = "visits@booking.example"
EMAIL = Email(
    message_id="notice-1",
    to="ida@example.org",
    to_name="Ida Bell",
    from_name="Almada Homes",
    reply_to="office@almada.example",
    subject="Confirmed: 12 Rua do Almada",
    text="See you there.\n",
    html="<p>See you there.</p>",
    headers={
        "List-Unsubscribe": "<https://booking.example/l/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
)


def made(email: Email) -> Mime:
    return mime(email, SENDER, AT)


def parsed(email: Email) -> EmailMessage:
    return BytesParser(policy=SMTP).parsebytes(made(email).content)


def head(email: Email) -> list[str]:
    return made(email).content.partition(b"\r\n\r\n")[0].decode().split("\r\n")


def test_a_message_says_all_that_a_server_and_a_reader_need() -> None:
    message = parsed(EMAIL)
    assert {name: str(value) for name, value in message.items() if name != "Content-Type"} == {
        "Date": "Tue, 01 Dec 2026 09:30:00 +0000",
        "From": "Almada Homes <visits@booking.example>",
        "To": "Ida Bell <ida@example.org>",
        "Reply-To": "office@almada.example",
        "Subject": "Confirmed: 12 Rua do Almada",
        "Message-ID": "<notice-1@booking.example>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "List-Unsubscribe": "<https://booking.example/l/abc>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "MIME-Version": "1.0",
    }
    assert [(part.get_content_type(), part.get_content().strip()) for part in message.iter_parts()] == [
        ("text/plain", "See you there."),
        ("text/html", "<p>See you there.</p>"),
    ]


def test_a_message_without_html_names_and_reply_is_a_plain_one() -> None:
    plain = replace(EMAIL, html="", to_name=None, from_name=" ", reply_to=None, headers={})
    message = parsed(plain)
    assert (message.get_content_type(), message["From"], message["To"]) == ("text/plain", SENDER, "ida@example.org")
    assert "Reply-To" not in message


def test_a_name_or_a_subject_makes_no_header_of_its_own() -> None:
    trick = "Ida\r\nBcc: all@example.org\u2028X: y\x00\x0bz\x85"
    message = parsed(
        replace(EMAIL, to_name=trick, from_name=trick, subject=trick, headers={"List-Id": trick, "Bad: x\r\nBcc": "a"})
    )
    cleaned = "Ida Bcc: all@example.org X: y z"
    assert "Bcc" not in message
    assert (message["Subject"], message["List-Id"]) == (cleaned, cleaned)
    assert [(one.display_name, one.addr_spec) for one in message["To"].addresses] == [(cleaned, "ida@example.org")]
    assert message["From"].addresses[0].addr_spec == SENDER


def test_a_header_of_the_callers_takes_the_place_of_none_of_ours() -> None:
    assert parsed(replace(EMAIL, headers={"From": "else@example.org"}))["From"].addresses[0].addr_spec == SENDER


NAMES = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=120)


@given(name=NAMES, subject=NAMES)
def test_names_and_subjects_are_read_as_they_were_written(name: str, subject: str) -> None:
    email = replace(EMAIL, to_name=name, subject=subject)
    lines = head(email)
    assert all(line.isascii() for line in lines)
    assert all(len(line) <= 78 for line in lines if "=?" in line)
    message = message_from_bytes(made(email).content)
    assert _read(message["Subject"]) == " ".join(subject.split())
    shown, address = parseaddr(" ".join(message["To"].split()))
    assert (_read(shown), address) == (" ".join(name.split()), "ida@example.org")


def _read(header: str) -> str:
    """By the rules of RFC 2047: the newer reader of the library puts blanks between encoded words."""
    return " ".join(str(make_header(decode_header(header))).split())


def test_an_ascii_name_with_marks_of_its_own_is_quoted() -> None:
    assert 'To: "Bell, \\"Ida\\" <x@y>" <ida@example.org>' in head(replace(EMAIL, to_name='Bell, "Ida" <x@y>'))


def test_a_long_link_to_unsubscribe_stays_one_and_plain() -> None:
    link = f"<https://booking.example/l/{'x' * 200}>"
    assert f"List-Unsubscribe: {link}" in head(replace(EMAIL, headers={"List-Unsubscribe": link}))


def test_bodies_are_ascii_in_short_lines_whatever_they_say() -> None:
    content = made(replace(EMAIL, text="Olá " * 500 + "\n.\nend", html="<p>" + "é" * 2000 + "</p>")).content
    assert content.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert [part.get_content().strip()[:3] for part in parsed(replace(EMAIL, text="Olá")).iter_parts()] == [
        "Olá",
        "<p>",
    ]


def test_an_invitation_is_an_alternative_and_a_file() -> None:
    calendar = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Visit \xc3\xa9\r\nEND:VCALENDAR\r\n"
    invited = replace(
        EMAIL,
        attachments=[Attachment(name="invité.ics", media_type="text/calendar", content=calendar, method="REQUEST")],
    )
    mixed = parsed(invited)
    assert mixed.get_content_type() == "multipart/mixed"
    bodies, file = list(mixed.iter_parts())
    assert [part.get_content_type() for part in bodies.iter_parts()] == ["text/plain", "text/html", "text/calendar"]
    part = list(bodies.iter_parts())[2]
    assert (part["Content-Type"].params["method"], part.get_content().encode()) == (
        "REQUEST",
        calendar,
    )
    assert (file.get_filename(), file.get_content_disposition()) == ("invité.ics", "attachment")


def test_a_file_alone_is_attached() -> None:
    attached = replace(
        EMAIL, attachments=[Attachment(name="plan.pdf", media_type="application/pdf", content=b"%PDF\x00")]
    )
    body, file = list(parsed(attached).iter_parts())
    assert (body.get_content_type(), file.get_filename(), file.get_content()) == (
        "multipart/alternative",
        "plan.pdf",
        b"%PDF\x00",
    )


def test_other_letters_before_the_at_need_a_server_that_knows_them() -> None:
    assert (made(EMAIL).utf8, made(replace(EMAIL, to="josé@example.org")).utf8) == (False, True)


@pytest.mark.parametrize("reply_to", ["josé@example.org", "no address", "a@b c", "a@b\r\nBcc: x@y.example"])
def test_an_agencys_address_that_not_every_server_takes_is_left_out_and_the_message_is_sent(reply_to: str) -> None:
    replied = replace(EMAIL, reply_to=reply_to)
    assert "Reply-To" not in parsed(replied)
    assert not made(replied).utf8


def test_an_agencys_domain_of_other_letters_is_written_as_servers_know_it() -> None:
    assert parsed(replace(EMAIL, reply_to="office@exämple.org"))["Reply-To"] == "office@xn--exmple-cua.org"


@pytest.mark.parametrize(
    "text",
    ["", "ida", "@example.org", "ida@", "a b@example.org", "a\r\n@example.org", "<a>@example.org", "a@b c", "a@b..c"],
)
def test_no_address_at_all_is_refused(text: str) -> None:
    with pytest.raises(HandoverRefused) as told:
        address(text)
    assert told.value.fault is HandoverFault.ADDRESS_REFUSED


def test_a_domain_is_written_as_servers_know_it() -> None:
    assert address("Ida@STRAẞE.example") == "Ida@xn--strae-oqa.example"
