"""The README's table of refusals is the domain's."""

import re

from booking import files
from booking.domain.errors import ApplicantNotFound, Conflict, Forbidden, Impossible, Malformed, Refusal, SlotStarted
from booking.entrypoints.http.problems import status_of


def kinds(of: type[Refusal]) -> list[type[Refusal]]:
    return [kind for child in of.__subclasses__() for kind in (child, *kinds(child))]


def test_every_refusal_stands_in_the_readme_with_its_status_and_meaning() -> None:
    text = files.path("README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \| (.*?)(?:\.|\. .*) \|$", text, flags=re.MULTILINE)
    grouping = {Malformed, Forbidden, Conflict, Impossible, ApplicantNotFound, SlotStarted}
    assert sorted(rows) == sorted(
        (kind.code, str(status_of(kind)), kind.title.rstrip(".")) for kind in kinds(Refusal) if kind not in grouping
    )
