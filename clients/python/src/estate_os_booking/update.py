from collections.abc import Callable, Mapping
from typing import Any, TypedDict, cast

from estate_os_booking.answer import decoded
from estate_os_booking.exchange import Call, CallOptions, Settings, Steps, exchange
from estate_os_booking.problems import PreconditionFailed

CHANGES = 10  # attempts to change what others change too

Changes = Mapping[str, object]
"""Fields by their names, as the `PATCH` takes them; None resets one."""


class UpdateOptions(TypedDict, total=False):
    timeout: float
    attempts: int
    x_request_id: str


def update(
    path: str,
    in_path: Mapping[str, object],
    answer: Any,
    field: str,
    change: Callable[[Any], Changes | None],
    options: UpdateOptions,
    settings: Settings,
) -> Steps:
    """Read, change and write, and begin again where somebody was faster. `field`: of the answer, what to change."""
    given = cast(CallOptions, options)
    for attempt in range(1, CHANGES + 1):
        now = yield from exchange(Call("GET", path, in_path, {}, None), given, settings)
        changes = change(getattr(decoded(now, answer), field))
        if changes is None:
            return now
        try:
            write = Call("PATCH", path, in_path, {}, changes)
            return (yield from exchange(write, {**given, "if_match": now.response.headers.get("ETag", "*")}, settings))
        except PreconditionFailed:
            if attempt == CHANGES:
                raise
    raise AssertionError
