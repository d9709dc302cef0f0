"""Providers of messages to phones in the configuration."""

import pytest

from booking.bootstrap import providers_of
from booking.config import Settings
from booking.config.phone_providers import PhoneSettings, SmsSettings, WhatsAppSettings
from booking.config.variables import ConfigurationError
from booking.domain.people.contact import Channel
from tests.unit.test_config import LEAST, SECRET

pytestmark = pytest.mark.anyio

URL = "https://graph.facebook.com/v23.0/123456789"
WHATSAPP = {
    "BOOKING_WHATSAPP_URL": URL,
    "BOOKING_WHATSAPP_TOKEN": SECRET,
    "BOOKING_WHATSAPP_APP_SECRET": SECRET,
    "BOOKING_WHATSAPP_VERIFY_TOKEN": SECRET,
}


def read(**variables: str) -> PhoneSettings:
    return Settings.read(LEAST | variables).phones


def test_none_is_the_default() -> None:
    assert read() == PhoneSettings(sms=None, whatsapp=None, cap=500)
    assert not Settings.read(LEAST).limited


def test_a_region_sends_sms_and_a_number_whatsapp() -> None:
    sms = {"BOOKING_SMS_REGION": "eu-west-1", "BOOKING_SMS_FROM": "CasaClara", "BOOKING_SMS_LIMIT": "60"}
    found = read(**sms, **WHATSAPP, BOOKING_LIMIT_PAID_MESSAGES="0", BOOKING_WHATSAPP_LIMIT="4800")
    assert found.sms == SmsSettings(region="eu-west-1", sender="CasaClara", limit=60)
    assert found.whatsapp == WhatsAppSettings(url=URL, token=SECRET, app_secret=SECRET, verify_token=SECRET, limit=4800)
    assert found.whatsapp.number_id == "123456789"
    assert found.cap == 0
    assert SECRET not in repr(found)
    assert Settings.read(LEAST | sms).limited


async def test_each_channel_has_its_provider() -> None:
    found = providers_of(Settings.read(LEAST | WHATSAPP | {"BOOKING_SMS_REGION": "eu-west-1"}))
    assert set(found) == {Channel.SMS, Channel.WHATSAPP}
    for provider in found.values():
        await provider.aclose()


@pytest.mark.parametrize("sender", ["+351210000000", "Casa1", "ABCDEFGHIJK"])
def test_a_sender_is_a_number_or_a_name(sender: str) -> None:
    found = read(BOOKING_SMS_REGION="eu-west-1", BOOKING_SMS_FROM=sender).sms
    assert found is not None
    assert found.sender == sender


@pytest.mark.parametrize("sender", ["00351210000000", "123456", "Casa Clara", "ABCDEFGHIJKL", "Água"])
def test_any_other_sender_is_a_fault(sender: str) -> None:
    with pytest.raises(ConfigurationError, match="BOOKING_SMS_FROM must be a number"):
        read(BOOKING_SMS_REGION="eu-west-1", BOOKING_SMS_FROM=sender)


def test_a_sender_needs_a_region() -> None:
    with pytest.raises(ConfigurationError, match="BOOKING_SMS_FROM needs BOOKING_SMS_REGION"):
        read(BOOKING_SMS_FROM="Casa")


@pytest.mark.parametrize("missing", WHATSAPP)
def test_whatsapp_is_set_whole_or_not_at_all(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=r"BOOKING_WHATSAPP_URL, .* are set together") as fault:
        read(**{name: value for name, value in WHATSAPP.items() if name != missing})
    assert SECRET not in str(fault.value)


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("http://127.0.0.1:9000/v23.0/123456789", True),
        ("https://graph.facebook.com/123456789", True),
        ("http://graph.facebook.com/v23.0/123456789", False),
        ("https://user@graph.facebook.com/v23.0/123456789", False),
        ("https://graph.facebook.com/v23.0/me", False),
        ("https://graph.facebook.com/v23.0/123456789?x=1", False),
        ("https://[/v23.0/123456789", False),
        ("https:///v23.0/123456789", False),
    ],
)
def test_a_number_is_named_by_its_url(url: str, fits: bool) -> None:
    if fits:
        found = read(**{**WHATSAPP, "BOOKING_WHATSAPP_URL": url}).whatsapp
        assert found is not None
        assert found.url == url
    else:
        with pytest.raises(ConfigurationError, match="BOOKING_WHATSAPP_URL must"):
            read(**{**WHATSAPP, "BOOKING_WHATSAPP_URL": url})
