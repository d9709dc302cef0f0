"""Senders as the configuration names them."""

from base64 import b64encode
from uuid import UUID

import pytest

from booking.config import Settings
from booking.config.senders import InvalidSender, Sender, read_sender, together
from booking.config.variables import ConfigurationError
from tests.unit.test_config import LEAST

SECRET, OTHER = (f"whsec_{b64encode(secret).decode()}" for secret in (b"s" * 32, b"o" * 24))
HOME = UUID(int=1)


def test_a_sender_has_a_name_a_secret_and_perhaps_an_organization() -> None:
    assert read_sender(f"partner={SECRET}") == Sender("partner", (b"s" * 32,))
    assert read_sender(f"a.b-c_1={OTHER.rstrip('=')}@{HOME}") == Sender("a.b-c_1", (b"o" * 24,), HOME)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("hidden", "is not name=whsec_… or name=whsec_…@organization-id"),
        ("=whsec_hidden", "is not name=whsec_… or name=whsec_…@organization-id"),
        ("a=hidden", "is not name=whsec_… or name=whsec_…@organization-id"),
        ("a b=whsec_hidden", "is not name=whsec_… or name=whsec_…@organization-id"),
        ("a=whsec_hidden!", "has a secret that is not base64"),
        ("a=whsec_hiddé", "has a secret that is not base64"),
        ("a=whsec_aGlkZGVu", "has a secret that is not of 24 to 64 bytes"),
        (f"a=whsec_{'hidd' * 22}", "has a secret that is not of 24 to 64 bytes"),
        (f"a={SECRET}@hidden", "names an organization by something else than its UUID"),
        (f"a={SECRET}@", "names an organization by something else than its UUID"),
    ],
)
def test_what_is_no_sender_is_told_without_its_secret(text: str, why: str) -> None:
    with pytest.raises(InvalidSender) as told:
        read_sender(text)
    assert str(told.value) == why


def test_secrets_of_one_name_are_joined() -> None:
    one, two = read_sender(f"a={SECRET}@{HOME}"), read_sender(f"a={OTHER}@{HOME}")
    assert together([one, two, two]) == (Sender("a", (b"s" * 32, b"o" * 24, b"o" * 24), HOME),)


@pytest.mark.parametrize(
    ("others", "why"),
    [
        (f"a={OTHER}@{HOME}", "a speaks for different organizations"),
        (f"b={SECRET}", "b has the secret of another sender"),
    ],
)
def test_senders_do_not_contradict_each_other(others: str, why: str) -> None:
    with pytest.raises(InvalidSender) as told:
        together([read_sender(f"a={SECRET}"), read_sender(others)])
    assert str(told.value) == why


def test_faults_are_named_at_the_start() -> None:
    given = {"BOOKING_INBOUND_SECRETS": f"a={SECRET}, hidden", "BOOKING_TRUSTED_PROXIES": "10.0.0.0/8,hidden"}
    with pytest.raises(ConfigurationError) as told:
        Settings.read(LEAST | given)
    assert str(told.value).splitlines()[1:] == [
        "  - BOOKING_INBOUND_SECRETS: number 2 is not name=whsec_… or name=whsec_…@organization-id",
        "  - BOOKING_TRUSTED_PROXIES: number 2 is not an address or a network, such as 10.0.0.0/8",
    ]
    with pytest.raises(ConfigurationError, match="BOOKING_INBOUND_SECRETS: b has the secret of another sender"):
        Settings.read(LEAST | {"BOOKING_INBOUND_SECRETS": f"a={SECRET},b={SECRET}"})


def test_settings_never_show_a_secret() -> None:
    settings = Settings.read(LEAST | {"BOOKING_INBOUND_SECRETS": f"partner={SECRET}@{HOME}"})
    assert settings.inbound.senders == (Sender("partner", (b"s" * 32,), HOME),)
    assert "ssss" not in repr(settings)
