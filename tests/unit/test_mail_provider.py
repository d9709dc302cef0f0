"""Provider of e-mail in the configuration."""

import pytest

from booking.config import Settings
from booking.config.mail_provider import (
    InvalidProvider,
    MailServer,
    MailSettings,
    Ses,
    read_mail_server,
    read_sender_address,
)
from booking.config.variables import ConfigurationError
from tests.unit.test_config import LEAST

URL, SENDER = "smtp://user:hidden@mail.example.com", "visits@example.com"


@pytest.mark.parametrize(
    ("url", "server"),
    [
        (URL, MailServer(host="mail.example.com", port=587, tls=False, user="user", password="hidden")),
        ("smtps://mail.example.com", MailServer(host="mail.example.com", port=465, tls=True)),
        ("smtp://localhost:1025/", MailServer(host="localhost", port=1025, tls=False)),
        ("smtp://[::1]:25", MailServer(host="::1", port=25, tls=False)),
        (
            "smtps://apikey%40x:p%25%3A%2F%C3%A9@mail.example.com:2465",
            MailServer(host="mail.example.com", port=2465, tls=True, user="apikey@x", password="p%:/é"),
        ),
    ],
)
def test_a_url_names_a_server(url: str, server: MailServer) -> None:
    assert read_mail_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.com:587",
        "http://user:hidden@mail.example.com",
        "smtp:mail.example.com",
        "smtp://",
        "smtp://user:hidden@",
        "smtp://user:hidden@mail.example.com:70000",
        "smtp://user:hidden@mail.example.com:0",
        "smtp://user:hidden@mail example.com",
        "smtp://user:hid/den@mail.example.com",
        "smtp://user:hidden@mail.example.com/path",
        "smtp://user:hidden@mail.example.com?tls=no",
        "smtp://user:hidden@mail.example.com#x",
        "smtp://user@mail.example.com",
        "smtp://:hidden@mail.example.com",
        "smtp://user:hidden%zz@mail.example.com",
        "smtp://user:hidden%ff@mail.example.com",
        "smtp://user:hidden%0d%0a@mail.example.com",
        "smtp://[user:hidden@mail.example.com",
    ],
)
def test_a_url_that_names_none_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InvalidProvider) as told:
        read_mail_server(url)
    assert "hid" not in str(told.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_on_the_loopback_nothing_need_be_encrypted(host: str) -> None:
    assert not MailServer(host=host, port=25, tls=False).starttls


@pytest.mark.parametrize("host", ["mail.example.com", "localhost.example.com", "10.0.0.1", "192.168.1.4"])
def test_elsewhere_all_is_encrypted(host: str) -> None:
    assert MailServer(host=host, port=25, tls=False).starttls
    assert not MailServer(host=host, port=25, tls=True).starttls


@pytest.mark.parametrize(
    "text",
    [
        "visits",
        "Visits <visits@example.com>",
        "visits@",
        "@example.com",
        "a b@example.com",
        "é@example.com",
        "a@b\r\nc",
    ],
)
def test_a_sender_is_an_address_alone(text: str) -> None:
    with pytest.raises(InvalidProvider):
        read_sender_address(text)


def test_a_provider_is_read_with_its_limit() -> None:
    read = Settings.read(
        LEAST | {"BOOKING_SMTP_URL": URL, "BOOKING_MAIL_FROM": SENDER, "BOOKING_MAIL_LIMIT": "840"}
    ).mail
    assert read == MailSettings(server=read_mail_server(URL), sender=SENDER, limit=840)
    assert "hidden" not in repr(read)


@pytest.mark.parametrize("alone", [{"BOOKING_SMTP_URL": URL}, {"BOOKING_MAIL_FROM": SENDER}], ids=["server", "sender"])
def test_a_server_and_a_sender_are_set_together(alone: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="are set together"):
        Settings.read(LEAST | alone)


def test_every_fault_of_a_provider_is_named_and_no_value_is_shown() -> None:
    with pytest.raises(ConfigurationError) as told:
        Settings.read(
            LEAST
            | {"BOOKING_SMTP_URL": "smtp://hidden", "BOOKING_MAIL_FROM": "hidden", "BOOKING_MAIL_LIMIT": "hidden"}
            | {"BOOKING_SMTP_URL": "smtp://u:hidden@h:x"}
        )
    assert [line[4:].split()[0] for line in str(told.value).splitlines()[1:]] == [
        "BOOKING_SMTP_URL",
        "BOOKING_MAIL_FROM",
        "BOOKING_MAIL_LIMIT",
    ]
    assert "hidden" not in str(told.value)


def test_ses_is_a_region_and_a_configuration_set() -> None:
    region = LEAST | {"BOOKING_SES_REGION": "eu-west-1", "BOOKING_MAIL_FROM": SENDER}
    assert Settings.read(region).mail == MailSettings(server=Ses(region="eu-west-1"), sender=SENDER)
    named = Settings.read(region | {"BOOKING_SES_CONFIGURATION_SET": "booking"}).mail
    assert named == MailSettings(server=Ses(region="eu-west-1", configuration_set="booking"), sender=SENDER)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"BOOKING_SES_REGION": "hidden"}, "BOOKING_SES_REGION must be a region"),
        ({"BOOKING_SES_REGION": "eu-west-1", "BOOKING_SES_CONFIGURATION_SET": "a b"}, "BOOKING_SES_CONFIGURATION_SET"),
        ({"BOOKING_SES_REGION": "eu-west-1", "BOOKING_SMTP_URL": URL}, "are not set together"),
    ],
    ids=["region", "set", "two"],
)
def test_a_fault_of_ses_is_named_and_not_shown(given: dict[str, str], fault: str) -> None:
    with pytest.raises(ConfigurationError, match=fault) as told:
        Settings.read(LEAST | {"BOOKING_MAIL_FROM": SENDER} | given)
    assert "hidden" not in str(told.value)
