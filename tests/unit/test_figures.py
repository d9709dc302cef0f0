"""Figures: the hours, days and months of zones, ratings that tell of nobody, and which cells are rebuilt."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from booking import time_zones
from booking.domain.figures.figures import Figures, total
from booking.domain.figures.periods import Period, ReportGroup, Span, months, spans
from booking.domain.figures.ratings import Rated, all_in_all, shown
from booking.service.figures.cells import CellService

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
A, B, C = (UUID(int=n) for n in (1, 2, 3))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def of(parts: Sequence[Span], until: datetime) -> Counter[object]:
    """How much time each key has."""
    ends = [*(one.since for one in parts[1:]), until]
    found: Counter[object] = Counter()
    for one, end in zip(parts, ends, strict=True):
        found[one.key] += (end - one.since) // timedelta(minutes=15)
    return found


def test_an_hour_that_comes_twice_is_one_and_an_hour_that_is_left_out_is_none() -> None:
    berlin = time_zones.zone("Europe/Berlin")
    for day, quarters in (("2026-10-25", 8), ("2026-03-29", 0), ("2026-06-01", 4)):
        begin = datetime.fromisoformat(day).replace(tzinfo=berlin)
        period = Period(since=begin.astimezone(UTC), until=(begin + DAY).astimezone(UTC))
        assert of(spans(period, ReportGroup.HOUR, berlin), period.until)[2] == quarters


def test_every_quarter_of_an_hour_is_of_the_hour_and_the_day_that_the_clock_shows() -> None:
    period = Period.around(at("2026-03-20T10:07:00+00:00"), at("2026-04-20T11:00:00+00:00"))
    assert period.since == at("2026-03-20T10:00:00+00:00")
    quarters = [period.since + n * timedelta(minutes=15) for n in range((period.until - period.since) // (HOUR / 4))]
    for name in ("Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "America/St_Johns", "Europe/Berlin"):
        zone = time_zones.zone(name)
        local = [one.astimezone(zone) for one in quarters]
        assert of(spans(period, ReportGroup.HOUR, zone), period.until) == Counter(one.hour for one in local)
        assert of(spans(period, ReportGroup.DAY, zone), period.until) == Counter(one.date() for one in local)


def test_a_week_is_known_by_its_monday() -> None:
    period = Period.around(at("2026-11-29T12:00:00+00:00"), at("2026-12-08T00:00:00+00:00"))
    mondays = [date(2026, 11, 23), date(2026, 11, 30), date(2026, 12, 7)]
    assert [one.key for one in spans(period, ReportGroup.WEEK, UTC)] == mondays


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2026-10-31T23:00:00+00:00", "2027-01-31T23:00:00+00:00", 3),
        ("2026-11-01T00:00:00+00:00", "2026-12-01T00:00:00+00:00", 0),
        ("2026-10-31T23:00:00+00:00", "2026-11-29T23:00:00+00:00", 0),
        ("0001-01-01T00:00:00+00:00", "0001-01-05T00:00:00+00:00", 0),
        ("9999-12-31T00:00:00+00:00", "9999-12-31T23:59:59+00:00", 0),
    ],
)
def test_months_are_whole_ones_of_the_zone_or_none(since: str, until: str, count: int) -> None:
    assert len(months(Period.around(at(since), at(until)), time_zones.zone("Europe/Berlin"))) == count


def month(number: int, raters: int, *homes: tuple[UUID, int]) -> list[Rated]:
    parts = [Rated(number, home, None, count, count, 4 * count) for home, count in homes]
    return [Rated(number, None, None, raters, raters, 4 * raters), *parts]


@pytest.mark.parametrize(
    ("rated", "told"),
    [
        (month(1, 9, (A, 5), (B, 4)), {}),  # else B were 9 - 5
        (month(1, 10, (A, 5), (B, 5)), {A: 5, B: 5}),
        (month(1, 13, (A, 5), (B, 6), (C, 2)), {B: 6}),
        (month(1, 7, (A, 5), (B, 5)), {A: 5, B: 5}),  # three people rated both
        (month(1, 15, (A, 10), (B, 5)) + month(2, 4, (A, 4)), {A: 10, B: 5}),  # February is not in the sum
        (month(1, 5, (A, 5)) + month(2, 6, (A, 6)), {A: 11}),
    ],
)
def test_no_rating_of_fewer_than_five_can_be_told_or_computed(rated: Sequence[Rated], told: dict[UUID, int]) -> None:
    assert {key: one.ratings for key, one in shown(rated, "property_id").items()} == told


def test_the_rating_of_all_is_of_the_months_in_which_five_rated() -> None:
    whole = all_in_all([*month(1, 5), *month(2, 4)])
    assert whole is not None
    assert (whole.ratings, whole.mean) == (5, 4.0)
    assert all_in_all(month(1, 4)) is None


def test_the_sum_of_nothing_is_zero() -> None:
    assert total([]) == Figures()
    assert total([Figures(booked=1, moved=2), Figures(booked=3)]) == Figures(booked=4, moved=2)


class Recorded:
    """Cells of two organizations, over ten days."""

    def __init__(self, *organizations: UUID) -> None:
        self.begin = at("2026-11-01T10:05:00+00:00")
        self.rebuilt: list[tuple[UUID, datetime, datetime]] = []
        self._organizations = organizations

    async def follow(self, most: int) -> int:
        raise NotImplementedError

    async def organizations(self) -> Sequence[tuple[UUID, datetime, datetime]]:
        return [(one, self.begin, self.begin + 9 * DAY) for one in self._organizations]

    async def rebuild(self, organization_id: UUID, since: datetime, until: datetime) -> int:
        self.rebuilt.append((organization_id, since, until))
        return 1


async def test_a_rebuild_goes_through_all_days_of_all_organizations_or_of_those_that_are_named() -> None:
    one, other = uuid4(), uuid4()
    cells, done = Recorded(one, other), list[int]()
    assert await CellService(cells).rebuild(None, since=None, until=None, tell=done.append) == done[-1] == 22
    assert cells.rebuilt[0] == (one, cells.begin - timedelta(minutes=5), cells.begin + DAY - timedelta(minutes=5))
    cells.rebuilt.clear()
    since = at("2026-11-05T00:00:00+00:00")
    assert await CellService(cells).rebuild(one, since=since, until=since + 1.5 * DAY) == 2
    assert cells.rebuilt == [(one, since, since + DAY), (one, since + DAY, since + 1.5 * DAY)]
    assert await CellService(cells).rebuild(one, since=since + 30 * DAY, until=None) == 0
