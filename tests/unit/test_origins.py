"""Which origins can be configured, and which of a browser's they stand for."""

import pytest

from booking.config import Settings
from booking.config.origins import InvalidOrigin, Origins, read_origin
from booking.config.variables import ConfigurationError


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("https://APP.Example.com:443/", "https://app.example.com"),
        ("http://localhost:3000/", "http://localhost:3000"),
        ("http://app.example.com:80", "http://app.example.com"),
        ("https://app.example.com:08443", "https://app.example.com:8443"),
        ("https://[::1]:3000", "https://[::1]:3000"),
        ("https://estate-*-team.vercel.app", "https://estate-*-team.vercel.app"),
        ("https://*-team.vercel.app", "https://*-team.vercel.app"),
        ("https://deploy-preview-*--estate.netlify.app", "https://deploy-preview-*--estate.netlify.app"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://*.preview.example.co.uk:8443", "https://*.preview.example.co.uk:8443"),
        ("https://*.estate.pages.dev", "https://*.estate.pages.dev"),
        ("https://app.*.example.com", "https://app.*.example.com"),
    ],
)
def test_an_origin_is_read_as_browsers_send_it(given: str, read: str) -> None:
    assert read_origin(given) == read


@pytest.mark.parametrize(
    "given",
    [
        *(
            "*",
            "null",
            "https://",
            "example.com",
            "ftp://example.com",
            "https://example.com/a",
            "https://example.com?a",
        ),
        *("https://example.com#a", "https://u:p@example.com", "https://ex ample.com", "https://a..b", "https://a.com."),
        *("https://example.com:99999", "https://example.com:x", "http://localhost:*", "*://example.com", "https://a,b"),
    ],
)
def test_what_is_no_origin_is_refused(given: str) -> None:
    with pytest.raises(InvalidOrigin, match="is not an origin like"):
        read_origin(given)


@pytest.mark.parametrize("shared", ["vercel.app", "netlify.app", "github.io", "pages.dev", "web.app", "herokuapp.com"])
def test_a_shared_suffix_alone_is_refused(shared: str) -> None:
    for label in ("*", "-*", "app.*"):
        with pytest.raises(InvalidOrigin, match=f"everybody's pages at {shared}"):
            read_origin(f"https://{label}.{shared}")


@pytest.mark.parametrize("host", ["*", "*.com", "estate-*.com", "*.co.uk", "estate-*", "*.localhost", "10.0.0.*"])
def test_names_that_anybody_can_register_are_refused(host: str) -> None:
    with pytest.raises(InvalidOrigin, match="anybody can register"):
        read_origin(f"https://{host}")


@pytest.mark.parametrize("host", ["*-*.vercel.app", "*.*.example.com", "a**.example.com"])
def test_there_is_one_asterisk(host: str) -> None:
    with pytest.raises(InvalidOrigin, match=r"more than one \*"):
        read_origin(f"https://{host}")


def test_a_configuration_with_a_shared_suffix_does_not_start() -> None:
    with pytest.raises(ConfigurationError, match=r"BOOKING_CORS_ORIGINS: number 2 stands for everybody's pages"):
        Settings.read({"BOOKING_CORS_ORIGINS": "https://app.example.com,https://*.vercel.app"})


def test_an_origin_is_matched_whole_and_an_asterisk_within_one_label() -> None:
    origins = Origins(["https://app.example.com", "https://estate-*-team.vercel.app", "https://*.example.com:8443"])
    allowed = [
        "https://app.example.com",
        "https://estate-git-main-team.vercel.app",
        "https://estate-x-team.vercel.app",
        "https://pr-1.example.com:8443",
    ]
    foreign = [
        *("https://app.example.com.evil.test", "https://evil.test/https://app.example.com", "http://app.example.com"),
        *("https://app.example.com:8080", "https://appXexample.com", "https://app.example.com\n", "null", "", "*"),
        *(
            "https://estate--team.vercel.app",
            "https://estate-x.evil.test",
            "https://estate-x-team.vercel.app.evil.test",
        ),
        *("https://estate-x.y-team.vercel.app", "https://estate-evil.test/-team.vercel.app"),
        *("https://estate-evil.test:1-team.vercel.app", "https://estate-u@x-team.vercel.app"),
        *("https://evil-estate-x-team.vercel.app", "https://a.b.example.com:8443", "https://.example.com:8443"),
        *("https://example.com:8443", "https://pr-1.example.com", "https://estate-*-team.vercel.app"),
    ]
    assert [origin for origin in allowed if not origins.allow(origin)] == []
    assert [origin for origin in foreign if origins.allow(origin)] == []
    assert not Origins([]).allow("https://app.example.com")
