"""The media type of a list, by the Accept header: JSON unless CSV is preferred."""

import pytest

from booking.entrypoints.http.media_types import MediaType, preferred

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ((), MediaType.JSON),
        (("",), MediaType.JSON),
        (("*/*",), MediaType.JSON),
        (("application/json",), MediaType.JSON),
        (("application/json, application/problem+json",), MediaType.JSON),
        ((BROWSER,), MediaType.JSON),
        (("image/png",), MediaType.JSON),
        (("text/html",), MediaType.JSON),
        (("text/csv",), MediaType.CSV),
        (("TEXT/CSV",), MediaType.CSV),
        (("text/*",), MediaType.CSV),
        (("text/csv; charset=utf-8; header=present",), MediaType.CSV),
        (("text/csv, application/json;q=0.9",), MediaType.CSV),
        (("text/csv;q=0.9, application/json",), MediaType.JSON),
        (("application/json;q=0.1,text/csv;q=0.2",), MediaType.CSV),
        (("text/csv, */*;q=0.1",), MediaType.CSV),
        (("text/csv, */*",), MediaType.CSV),
        (("application/json", "text/csv;q=0.5"), MediaType.JSON),
        (("application/json;q=0.4", "text/csv;q=0.5"), MediaType.CSV),
        (("application/json, text/csv",), MediaType.JSON),
        (("text/csv;q=0",), MediaType.JSON),
        (("text/csv;q=0.0, */*",), MediaType.JSON),
        (("text/csv;q=0, text/*",), MediaType.JSON),
        (("text/*;q=0",), MediaType.JSON),
        (("text/csv;q=-1",), MediaType.JSON),
        (("text/csv;q=1e999",), MediaType.JSON),
        (("text/csv;q=nan",), MediaType.CSV),
        (("text/csv;;q=,=;\xff",), MediaType.CSV),
        ((",,text/csv,",), MediaType.CSV),
    ],
)
def test_json_comes_unless_csv_is_preferred(accept: tuple[str, ...], expected: MediaType) -> None:
    headers = [(b"accept", one.encode("latin-1")) for one in accept]
    assert preferred([(b"host", b"text/csv"), *headers]) is expected
