"""How people sign in to the page, as it is configured."""

from base64 import urlsafe_b64encode

import pytest

from booking.config.variables import ConfigurationError, reading
from booking.config.web import WebSettings, web_of

URL, KEY = "BOOKING_WEB_SUPABASE_URL", "BOOKING_WEB_SUPABASE_KEY"
PROJECT = "https://project.supabase.co"


def jwt(payload: str) -> str:
    return f"eyJhbGciOiJIUzI1NiJ9.{urlsafe_b64encode(payload.encode()).decode().rstrip('=')}.c2ln"


def read(**variables: str) -> WebSettings:
    with reading(variables) as found:
        return web_of(found)


def test_nothing_is_needed() -> None:
    assert read() == WebSettings()
    assert read().issuer is None


@pytest.mark.parametrize("key", ["sb_publishable_x", jwt('{"role": "anon"}'), "no.token", "a.b.c", jwt("[]")])
def test_a_project_with_a_key_that_everybody_may_see(key: str) -> None:
    assert read(**{URL: f"{PROJECT}/", KEY: key}) == WebSettings(supabase_url=PROJECT, supabase_key=key)


@pytest.mark.parametrize(
    ("url", "issuer"),
    [
        (PROJECT, PROJECT),
        ("https://Auth.Example.com:443/supabase", "https://auth.example.com"),
        ("http://127.0.0.1:54321", "http://127.0.0.1:54321"),
    ],
)
def test_the_policy_of_the_page_names_its_origin(url: str, issuer: str) -> None:
    assert read(**{URL: url, KEY: "k"}).issuer == issuer


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({URL: PROJECT}, "set both or neither"),
        ({KEY: "hidden"}, "set both or neither"),
        ({URL: "http://project.supabase.co", KEY: "hidden"}, f"{URL} must be an https:// URL"),
        ({URL: "https://p-*.example.com", KEY: "hidden"}, f"{URL} names one project"),
        ({URL: "https://a.example;script-src", KEY: "hidden"}, f"{URL} must be an https:// URL"),
        ({URL: "https://user:hidden@a.example", KEY: "hidden"}, f"{URL} has no user"),
        ({URL: PROJECT, KEY: "sb_secret_hidden"}, f"{KEY} is a secret key"),
        ({URL: PROJECT, KEY: jwt('{"role": "service_role"}')}, f"{KEY} is a secret key"),
    ],
)
def test_what_cannot_be_is_named_and_no_value_is_shown(variables: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match="a fault: ") as told:
        read(**variables)
    assert said in str(told.value)
    assert "hidden" not in str(told.value)
