"""Charts of stacked bars, as numbers for a template to draw."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 700, 110
"""Of the bars; the template adds room for what stands below and beside them."""

MOST_LABELS = 12


class Part(NamedTuple):
    """Rectangle of a bar: `kind` is its class."""

    kind: str
    x: float
    y: float
    width: float
    height: float


class Tick(NamedTuple):
    x: float
    text: str


class Chart(NamedTuple):
    parts: Sequence[Part]
    ticks: Sequence[Tick]
    top: int
    """Number at the upper edge."""


def stacked(bars: Sequence[Sequence[tuple[str, int]]], labels: Sequence[str]) -> Chart:
    """Return a chart of bars, each of named numbers from the bottom up, with as many labels as fit below."""
    top = max([1, *(sum(number for _, number in bar) for bar in bars)])
    room = WIDTH / max(len(bars), 1)
    parts = []
    for place, bar in enumerate(bars):
        below = 0
        for kind, number in bar:
            if number:
                height, below = HEIGHT * number / top, below + number
                y = HEIGHT - HEIGHT * below / top
                parts.append(Part(kind, *(round(one, 1) for one in (place * room, y, room * 0.8, height))))
    step = -(-len(bars) // MOST_LABELS) or 1
    ticks = [Tick(round((place + 0.4) * room, 1), labels[place]) for place in range(0, len(bars), step)]
    return Chart(parts, ticks, top)
