"""Media types of lists: JSON, unless a caller would rather have CSV."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from litestar import Request
from litestar.datastructures.headers import Accept, MediaTypeHeader
from litestar.di import Provide


class MediaType(StrEnum):
    JSON = "application/json"
    CSV = "text/csv"


def preferred(headers: Iterable[tuple[bytes, bytes]]) -> MediaType:
    """Return the media type that the Accept headers prefer; JSON where they take any, or neither."""
    given = b",".join(value for name, value in headers if name == b"accept").decode("latin-1").lower()
    if "text/" not in given:
        return MediaType.JSON
    try:
        parts = [(one, one.priority[0] > 0) for one in map(MediaTypeHeader, given.split(","))]
    except OverflowError:  # of a quality without an end
        return MediaType.JSON
    refused = {f"{one.maintype}/{one.subtype}" for one, taken in parts if not taken}
    accepted = Accept(",".join(str(one) for one, taken in parts if taken))
    return MediaType(accepted.best_match([one for one in MediaType if one not in refused], MediaType.JSON))


class Preferred(Provide):
    """Dependency `media_type` of a handler that answers in either type."""

    def __init__(self) -> None:
        async def read(request: Request[Any, Any, Any]) -> MediaType:
            return preferred(request.scope["headers"])

        super().__init__(read)
