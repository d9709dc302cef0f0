"""Time zones come with the service, so that every host knows the same ones."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest

from booking import time_zones


def test_every_name_has_its_rules() -> None:
    assert {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"} <= time_zones.names()
    assert {time_zones.zone(name).key for name in time_zones.names()} == time_zones.names()


@pytest.mark.parametrize(
    "name", ["", "Europe", "europe/berlin", "../zones", "Europe/Atlantis", "zone.tab", "/etc/passwd"]
)
def test_any_other_name_is_none(name: str) -> None:
    assert name not in time_zones.names()
    with pytest.raises(KeyError):
        time_zones.zone(name)


def test_the_host_s_own_database_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoneinfo, "TZPATH", ())
    time_zones.zone.cache_clear()
    summer = datetime(2026, 7, 1, tzinfo=UTC).astimezone(time_zones.zone("Europe/Berlin"))
    assert summer.utcoffset() == timedelta(hours=2)
