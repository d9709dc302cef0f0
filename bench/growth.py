"""Growth: how long one caller at a time waits as slots become many; all sizes in turn, each on a server of its own."""

import http.client
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

from bench.results import spread
from bench.rivals import slot
from bench.stage import staged
from bench.targets import Target, ours

SIZES = (1_000, 100_000, 1_000_000, 10_000_000)
ROUNDS = 5
ASKED = 60  # of each kind a round
CHUNK = 1 << 20  # bytes
FAR = 18  # pages of a hundred
LONG = "/api/v1/properties/e1000000-0000-4000-8000-000000000000/slots"  # has two thousand

Growth = dict[int, dict[str, dict[str, float]]]
"""By slots, then by work: ms at the median, of rounds."""


class Caller:
    """Person n asks for rows of the organization of row n."""

    def __init__(self, target: Target, slots: int, people: Sequence[str]) -> None:
        self._http = http.client.HTTPConnection(*target.address)
        self._slots = slots
        self._people = people
        self._turn = count()
        self._booked = count()
        self._far = ""

    def close(self) -> None:
        self._http.close()

    def walk(self) -> None:
        """Far into the long list, whose cursor is kept."""
        for _ in range(FAR):
            self._far = f"&cursor={self._page(100, self._far)['next_cursor']}"

    def work(self) -> Mapping[str, Callable[[], object]]:
        return {
            "get": self._get,
            "first page": lambda: self._page(20),
            "deep page": lambda: self._page(20, self._far),
            "book": self._book,
        }

    def _get(self) -> None:
        row = next(self._turn) * 7919 % self._slots
        self._ask(200, row, "GET", f"/api/v1/slots/{slot(row)}")

    def _page(self, limit: int, after: str = "") -> dict[str, str]:
        return self._ask(200, next(self._turn) * 5, "GET", f"{LONG}?limit={limit}{after}")

    def _book(self) -> None:
        row = next(self._booked)
        self._ask(201, row, "POST", "/api/v1/bookings", {"slot_id": slot(row)})

    def _ask(self, expected: int, row: int, method: str, path: str, content: object = None) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self._people[row % len(self._people)]}",
            "Content-Type": "application/json",
        }
        self._http.request(method, path, json.dumps(content) if content else None, headers)
        answer = self._http.getresponse()
        told: dict[str, str] = json.loads(answer.read())
        assert answer.status == expected, told
        return told


def growth(folder: Path, sizes: Sequence[int], people: Sequence[str]) -> Growth:
    with ExitStack() as running:
        callers = {}
        for size in sizes:
            place = folder / f"{size}-slots"
            place.mkdir()
            stage = running.enter_context(staged(place / "postgres", size, None))
            target = running.enter_context(ours(stage, place))
            callers[size] = running.enter_context(closing(Caller(target, size, people)))
            callers[size].walk()
            print(f"{size:,} slots are loaded", flush=True)
        for size in sizes:
            _warm(folder / f"{size}-slots")
        found: dict[int, dict[str, list[float]]] = {size: {} for size in sizes}
        for number in range(ROUNDS + 1):
            for size, caller in callers.items():
                caller.close()  # the service has done so by now; the next request opens it again
                for name, ask in caller.work().items():
                    taken = statistics.median(_ms(ask) for _ in range(ASKED if number else ASKED // 2))
                    if number:  # the first is to warm up
                        found[size].setdefault(name, []).append(taken)
        return {size: {name: spread(each) for name, each in by_work.items()} for size, by_work in found.items()}


def _warm(place: Path) -> None:
    """Has the system read all tables and indexes once: what a disk takes is not what grows with the slots."""
    for path in place.glob("postgres/**/base/**/*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(CHUNK):
                    pass


def _ms(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return (time.perf_counter() - began) * 1000
