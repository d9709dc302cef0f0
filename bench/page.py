"""docs/performance.md and its plot, written from results."""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.growth import Growth
from bench.operations import KEY, Operations, beside
from bench.results import GO, OURS, PGBENCH, WITHOUT, Results

HERE = Path(__file__).parents[1]
PAGE = HERE / "docs" / "performance.md"
PLOT = HERE / "docs" / "performance.svg"
CURVES = HERE / "docs" / "growth.svg"
MEASURED, PROFILED = (
    "<!-- measured: make bench writes from here -->",
    "<!-- profiled: make profile writes from here -->",
)
END = "<!-- to here -->"

P99 = "book_p99"
NAMES = {
    "book": "book a free slot (201)",
    P99: "book, p99 latency (less is better)",
    "get": "get a slot",
    "list": "list a property's slots (20)",
    "conflict": "conflict (409)",
    "mixed": "mixed day (70 % list, 20 % get, 10 % book)",
    "cancel": "cancel a booking (204)",
    "hold": "hold a place (201)",
    "book_keyed": "book, with a key",
    "cancel_keyed": "cancel, with a key",
    "hold_keyed": "hold, with a key",
}
ASKED = {
    ("book", GO): 1.6,
    (P99, GO): 0.5,
    ("get", GO): 1.2,
    ("list", GO): 1.3,
    ("conflict", GO): 1.3,
    ("mixed", GO): 1.3,
    ("book", PGBENCH): 0.6,
    ("book_keyed", WITHOUT): 0.8,
    ("cancel_keyed", WITHOUT): 0.8,
    ("hold_keyed", WITHOUT): 0.8,
}
"""At least; of the p99, at most."""

BEFORE = {**dict.fromkeys(("book", "get", "list", "conflict", "mixed"), 0.93), P99: 1.08}
"""The same beside a former release."""


def write(results: Results) -> None:
    put(MEASURED, _measured(results))
    PLOT.write_text(plot(results), encoding="utf-8")
    if results.growth:
        CURVES.write_text(curves(results.growth), encoding="utf-8")


def put(begin: str, text: str) -> None:
    """In place of what was between there and the next end."""
    before, _, after = PAGE.read_text(encoding="utf-8").partition(begin)
    PAGE.write_text(f"{before}{begin}\n{text}{END}{after.partition(END)[2]}", encoding="utf-8")


def _measured(results: Results) -> str:
    head = (
        f"\n{results.at}, commit `{results.commit}`, {results.machine}; medians (least to most) of {results.rounds} "
        f"interleaved\nrounds of {results.seconds:g} s, 32 connections, two workers, durable PostgreSQL.\n\n"
        "| work | beside | ratio | at least |\n|---|---|---|---|\n"
    )
    rows = []
    for mode, other, found in _found(results):
        told = f"{found['median']:.2f} ({found['min']:.2f} to {found['max']:.2f})"
        asked = _asked(mode, other)
        rows.append(f"| {NAMES[mode]} | {other} | {told} | {'' if asked is None else asked} |")
    costs = [
        "\n| work | of | a second | p50 ms | p99 ms | service µs | PostgreSQL µs |",
        "|---|---|---|---|---|---|---|",
    ]
    for mode, runs in results.modes.items():
        for name in runs:
            cost = results.costs(mode, name)
            shown = {what: one for what, one in cost.items() if name != PGBENCH or what in ("rate", "database")}
            cells = (_told(shown.get(what)) for what in cost)
            costs.append(f"| {mode} | {name} | {' | '.join(cells)} |")
    figures = [
        "Medians (least to most): of the memory in all rounds above, of as many rushes, of starts before each kind of",
        "work, of tenths of the screenings.",
        "",
        *(f"- {name}: {told}" for name, told in results.figures.items()),
    ]
    growth = _growth(results.growth) if results.growth else []
    one_caller = _operations(results.operations) if results.operations else []
    parts = [*rows, "", "![ratios](performance.svg)", *costs, "", *figures, *one_caller, *growth, ""]
    return head + "\n".join(parts) + "\n"


def _found(results: Results) -> Iterator[tuple[str, str, Mapping[str, float]]]:
    """Kinds of work in the order of their names, beside whom, and the ratio."""
    ratios = results.ratios()
    return ((mode, other, found) for mode in NAMES for other, found in ratios.get(mode, {}).items())


def _asked(mode: str, other: str) -> float | None:
    return ASKED.get((mode, other)) if other in (GO, PGBENCH, WITHOUT) else BEFORE.get(mode)


def _operations(found: Operations) -> list[str]:
    others = [name for name in found if name != OURS]
    rows = []
    for operation, took in found[OURS].items():
        asked = beside(operation)
        ratio = f"{took['median'] / found[OURS][asked[0]]['median']:.2f}" if asked else ""
        most = f"{asked[1]:g} x {asked[0]}" if asked else ""
        before = (f"{by[operation]['median']:.1f}" if operation in (by := found[name]) else "" for name in others)
        told = f"{took['median']:.1f} ({took['min']:.1f} to {took['max']:.1f})"
        rows.append(f"| {operation.replace(KEY, ', with a key')} | {' | '.join([told, *before, ratio, most])} |")
    head = " | ".join(["operation", "ms", *(f"ms, {name}" for name in others), "ratio", "at most"])
    return [
        "",
        "Every operation for one caller: ms, the median of each round, over rounds (least to most). Lists have twenty.",
        "",
        f"| {head} |",
        f"|---|{'---|' * (len(others) + 3)}",
        *rows,
    ]


def _growth(growth: Growth) -> list[str]:
    least = growth[min(growth)]
    rows = []
    for slots, by_work in sorted(growth.items()):
        cells = (
            f"{one['median']:.2f} ({one['min']:.2f} to {one['max']:.2f}), {one['median'] / least[work]['median']:.2f} x"
            for work, one in by_work.items()
        )
        rows.append(f"| {slots:,} | {' | '.join(cells)} |")
    return [
        "",
        "As slots become many: ms for one caller, the median of each round, over rounds (least to most); beside the",
        "smallest, where 1.3 times is the most that is asked for.",
        "",
        f"| slots | {' | '.join(least)} |",
        f"|---|{'---|' * len(least)}",
        *rows,
        "",
        "![growth](growth.svg)",
    ]


def _told(one: Mapping[str, float] | None) -> str:
    return "" if one is None else f"{one['median']:,.0f} ({one['min']:,.0f} to {one['max']:,.0f})"


WIDTH, ROW, LEFT = 780, 34, 350


def plot(results: Results) -> str:
    """A bar for each ratio, its spread as a line, and what is asked for as a mark."""
    found = [
        (least, f"{NAMES[mode].partition(' (')[0]} / {other}", ratio)
        for mode, other, ratio in _found(results)
        if (least := _asked(mode, other)) is not None
    ]
    most = max([2.5, *(ratio["max"] for *_, ratio in found)])
    scale = (WIDTH - LEFT - 60) / most
    parts = []
    for number, (least, name, ratio) in enumerate(found):
        y = 20 + number * ROW
        middle, low, high, mark = (LEFT + scale * one for one in (ratio["median"], ratio["min"], ratio["max"], least))
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{name}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{middle - LEFT:.1f}" height="20" fill="#4878a8"/>',
            f'<line x1="{low:.1f}" y1="{y + 10}" x2="{high:.1f}" y2="{y + 10}" stroke="#222" stroke-width="2"/>',
            f'<line x1="{mark:.1f}" y1="{y - 4}" x2="{mark:.1f}" y2="{y + 24}" stroke="#c03020" stroke-width="2"/>',
            f'<text x="{max(middle, high, mark) + 6:.1f}" y="{y + 14}">{ratio["median"]:.2f}</text>',
        ]
    height = 40 + ROW * len(found)
    parts.append(
        f'<text x="{LEFT}" y="{height - 6}" fill="#666">times the other; red: at least; line: least to most</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


COLOURS = ("#4878a8", "#c03020", "#3a8a4a", "#8a5aa8")
DEEP, WIDE = 260, 550


def curves(growth: Growth) -> str:
    """Each kind of work beside its own at the fewest slots; the axis of the slots is logarithmic."""
    sizes = sorted(growth)
    far = math.log10(sizes[-1] / sizes[0]) or 1.0
    least = growth[sizes[0]]
    most = max(2.0, *(one["max"] / least[work]["median"] for by in growth.values() for work, one in by.items()))

    def x(slots: int) -> float:
        return 60 + (WIDE - 110) * math.log10(slots / sizes[0]) / far

    def y(ratio: float) -> float:
        return DEEP - 40 - (DEEP - 60) * ratio / most

    parts = [f'<line x1="60" y1="{y(1.3):.1f}" x2="{WIDE - 50}" y2="{y(1.3):.1f}" stroke="#999" stroke-dasharray="4"/>']
    parts += [f'<text x="{x(one):.1f}" y="{DEEP - 20}" text-anchor="middle">{one:,}</text>' for one in sizes]
    parts += [f'<text x="50" y="{y(one) + 4:.1f}" text-anchor="end">{one:g} x</text>' for one in (0, 1, 1.3)]
    for number, (work, colour) in enumerate(zip(least, COLOURS, strict=False)):
        told = [(x(slots), growth[slots][work]) for slots in sizes]
        points = " ".join(f"{at:.1f},{y(one['median'] / least[work]['median']):.1f}" for at, one in told)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for at, one in told:
            low, high = (y(one[end] / least[work]["median"]) for end in ("min", "max"))
            parts.append(f'<line x1="{at:.1f}" y1="{low:.1f}" x2="{at:.1f}" y2="{high:.1f}" stroke="{colour}"/>')
        parts.append(f'<text x="{70 + number * 110}" y="{DEEP - 4}" fill="{colour}">{work}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{DEEP}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="#fff"/>{"".join(parts)}</svg>\n'
    )
