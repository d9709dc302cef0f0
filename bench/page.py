"""docs/performance.md and its plot, written from results."""

import math
from collections.abc import Mapping
from pathlib import Path

from bench.growth import Growth
from bench.results import Results

HERE = Path(__file__).parents[1]
PAGE = HERE / "docs" / "performance.md"
PLOT = HERE / "docs" / "performance.svg"
CURVES = HERE / "docs" / "growth.svg"
MEASURED, PROFILED = (
    "<!-- measured: make bench writes from here -->",
    "<!-- profiled: make profile writes from here -->",
)
END = "<!-- to here -->"

ASKED = {
    ("book", "go"): (1.6, 2.5, "book a free slot (201)"),
    ("book_p99", "go"): (0.5, 0.3, "book, p99 latency (less is better)"),
    ("get", "go"): (1.2, 2.0, "get a slot"),
    ("list", "go"): (1.3, 1.7, "list a property's slots (20)"),
    ("conflict", "go"): (1.3, 2.5, "conflict (409)"),
    ("book", "pgbench"): (0.6, 1.0, "book, beside pgbench's single statement with outbox"),
    ("mixed", "go"): (1.3, 2.0, "mixed day (70 % list, 20 % get, 10 % book)"),
}
"""At least, aim, and what it is called."""


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
        "| work | beside | ratio | at least | aim |\n|---|---|---|---|---|\n"
    )
    rows, ratios = [], results.ratios()
    for (mode, other), (least, aim, name) in ASKED.items():
        if (found := ratios.get(mode, {}).get(other)) is not None:
            told = f"{found['median']:.2f} ({found['min']:.2f} to {found['max']:.2f})"
            rows.append(f"| {name} | {other} | {told} | {least} | {aim} |")
    costs = [
        "\n| work | of | a second | p50 ms | p99 ms | service µs | PostgreSQL µs |",
        "|---|---|---|---|---|---|---|",
    ]
    for mode, runs in results.modes.items():
        for name in runs:
            cost = results.costs(mode, name)
            shown = {what: one for what, one in cost.items() if name != "pgbench" or what in ("rate", "database")}
            cells = (_told(shown.get(what)) for what in cost)
            costs.append(f"| {mode} | {name} | {' | '.join(cells)} |")
    figures = [
        "Medians (least to most): of the memory in all rounds above, of as many rushes, of starts before each kind of",
        "work, of tenths of the screenings.",
        "",
        *(f"- {name}: {told}" for name, told in results.figures.items()),
    ]
    growth = _growth(results.growth) if results.growth else []
    return head + "\n".join([*rows, "", "![ratios](performance.svg)", *costs, "", *figures, *growth, ""]) + "\n"


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
    ratios = results.ratios()
    found = [(*asked, ratios[mode][other]) for (mode, other), asked in ASKED.items() if other in ratios.get(mode, {})]
    most = max([2.5, *(ratio["max"] for *_, ratio in found)])
    scale = (WIDTH - LEFT - 60) / most
    parts = []
    for number, (least, _, name, ratio) in enumerate(found):
        y = 20 + number * ROW
        middle, low, high, mark = (LEFT + scale * one for one in (ratio["median"], ratio["min"], ratio["max"], least))
        parts += [
            f'<text x="{LEFT - 8}" y="{y + 14}" text-anchor="end">{name.partition(" (")[0]}</text>',
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
