"""Whether a history of one slot could have happened one operation after the other, by Wing and Gong's search.

Written apart from the service: it knows a slot of one place as a customer would, and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple


class Operation(NamedTuple):
    """`called` and `returned` are of one clock. `known` is the id that was asked about or, of a success, given."""

    who: str
    what: str
    outcome: str
    known: str | None
    called: float
    returned: float


@dataclass(frozen=True)
class Place:
    """Who has the only place, how, by which id; and how often each has held it, or booked it, before."""

    who: str | None = None
    how: str | None = None
    known: str | None = None
    before: frozenset[tuple[tuple[str, str], int]] = frozenset()

    def often(self, who: str, how: str) -> bool:
        return dict(self.before).get((who, how), 0) >= MOST

    def freed(self) -> "Place":
        before = dict(self.before)
        if self.how is not None and self.who is not None:
            before[self.who, self.how] = before.get((self.who, self.how), 0) + 1
        return Place(before=frozenset(before.items()))


MOST = 3


def after(place: Place, done: Operation) -> Place | None:
    """The place after the operation; None where it cannot have ended so."""
    mine = place.who == done.who
    match done.what, done.outcome:
        case "book", "ok":
            free = place.who is None and not place.often(done.who, "booked")
            if free or (mine and place.how == "held" and place.known == done.known):
                return replace(place, who=done.who, how="booked", known=done.known)
        case "book", "slot_taken":
            return place if place.who is not None and not (mine and place.how == "held") else None
        case "hold", "ok":
            if place.who is None and not (place.often(done.who, "held") or place.often(done.who, "booked")):
                return replace(place, who=done.who, how="held", known=done.known)
            return place if mine and place.how == "held" and place.known == done.known else None
        case "hold", "hold_cooldown":
            return place if place.who is None and place.often(done.who, "held") else None
        case (("book" | "hold"), "booking_cooldown"):
            return place if place.who is None and place.often(done.who, "booked") else None
        case "hold", "slot_taken":
            return place if place.who is not None and not (mine and place.how == "held") else None
        case ("cancel", "ok") | ("release", "ok"):
            how = "booked" if done.what == "cancel" else "held"
            return place.freed() if mine and place.how == how and place.known == done.known else None
        case (("cancel" | "release"), _):
            how = "booked" if done.what == "cancel" else "held"
            return None if mine and place.how == how and place.known == done.known else place
    return None


def linearizable(history: Sequence[Operation]) -> bool:
    ordered = sorted(history, key=lambda operation: operation.called)
    everything = (1 << len(ordered)) - 1
    seen: set[tuple[int, Place]] = set()
    waiting = [(0, Place())]
    while waiting:
        done, place = waiting.pop()
        if done == everything:
            return True
        if (done, place) in seen:
            continue
        seen.add((done, place))
        for index in _next(ordered, done):
            then = after(place, ordered[index])
            if then is not None:
                waiting.append((done | 1 << index, then))
    return False


def _next(ordered: Sequence[Operation], done: int) -> Iterable[int]:
    """Those not done yet that were called before any other of them had returned."""
    first_return = float("inf")
    for index, operation in enumerate(ordered):
        if done >> index & 1:
            continue
        if operation.called > first_return:
            break
        first_return = min(first_return, operation.returned)
        yield index
