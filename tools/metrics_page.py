"""Tables of docs/metrics.md, made of the catalogue. `python -m tools.metrics_page` writes them anew."""

import re
from collections.abc import Iterable, Sequence

from booking import files
from booking.metrics import catalogue  # which makes the instruments
from booking.metrics.instruments import CATALOGUE

PAGE = files.path("docs/metrics.md")
BETWEEN = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    metrics = (
        [f"`{one.name}`", one.kind, ", ".join(f"`{label}`" for label in one.labels), one.says]
        for one in CATALOGUE.values()
    )
    labels = ([f"`{name}`", says] for name, says in catalogue.LABELS.items())
    return f"{_rows(('metric', 'is a', 'labels', 'tells'), metrics)}\n{_rows(('label', 'tells'), labels)}"


def _rows(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in (head, ["---"] * len(head), *rows))


if __name__ == "__main__":
    PAGE.write_text(BETWEEN.sub(lambda _: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")
