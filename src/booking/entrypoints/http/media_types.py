"""Media types of lists: JSON, unless a caller would rather have CSV, or for slots iCalendar."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any

from litestar import Request
from litestar.datastructures.headers import Accept, MediaTypeHeader
from litestar.di import Provide


class MediaType(StrEnum):
    JSON = "application/json"
    CSV = "text/csv"
    CALENDAR = "text/calendar"


TABLES = (MediaType.JSON, MediaType.CSV)


def preferred(headers: Iterable[tuple[bytes, bytes]], among: Sequence[MediaType] = TABLES) -> MediaType:
    """Return the media type that the Accept headers prefer; JSON where they take any, or none of them."""
    given = b",".join(value for name, value in headers if name == b"accept").decode("latin-1").lower()
    if "text/" not in given:
        return MediaType.JSON
    try:
        parts = [(one, one.priority[0] > 0) for one in map(MediaTypeHeader, given.split(","))]
    except OverflowError:  # of a quality without an end
        return MediaType.JSON
    refused = {f"{one.maintype}/{one.subtype}" for one, taken in parts if not taken}
    accepted = Accept(",".join(str(one) for one, taken in parts if taken))
    return MediaType(accepted.best_match([one for one in among if one not in refused], MediaType.JSON))


class Preferred(Provide):
    """Dependency `media_type` of a handler that answers in JSON, in CSV, and in other types that are named."""

    def __init__(self, *others: MediaType) -> None:
        async def read(request: Request[Any, Any, Any]) -> MediaType:
            return self.read(request.scope["headers"])

        super().__init__(read)
        self._among = (*TABLES, *others)

    def read(self, headers: Iterable[tuple[bytes, bytes]]) -> MediaType:
        return preferred(headers, self._among)
