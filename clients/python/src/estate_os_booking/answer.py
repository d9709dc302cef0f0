from collections.abc import Sequence
from typing import Any

import msgspec

from estate_os_booking.problem import InvalidAnswer
from estate_os_booking.result import Sent


def decoded(sent: Sent, answer: Any) -> Any:
    """Return what an answer says, by its type. Fields that this release does not know are passed over."""
    if answer is type(None):
        return None
    if answer is str:  # a table
        return sent.content.decode()
    try:
        return msgspec.json.decode(sent.content, type=answer)
    except msgspec.DecodeError as fault:
        error = InvalidAnswer(f"{sent.response.request.url.path} answers otherwise than the contract says: {fault}")
        error.idempotency_key = sent.idempotency_key
        raise error from fault


def items_of(page: msgspec.Struct) -> Sequence[Any]:
    """Return the items of a page: its only list."""
    values = (getattr(page, name) for name in page.__struct_fields__)
    return next(value for value in values if isinstance(value, list))
