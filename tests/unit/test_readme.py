"""What the README's tables say is what the code knows: refusals, settings, commands."""

import re
from pathlib import Path

import pytest

from booking import config, files
from booking.__main__ import main
from booking.domain.refusals import Conflict, Forbidden, Impossible, Malformed, Refusal, SlotStarted
from booking.entrypoints.http.problems import status_of

README = files.path("README.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^##+ (.+)\n((?:(?!^##).*\n?)*)", README, re.MULTILINE))
COMMANDS = re.findall(r"^\| `booking ([a-z ]+)` \|", SECTIONS["The command line"], re.MULTILINE)


def kinds(of: type[Refusal]) -> list[type[Refusal]]:
    return [kind for child in of.__subclasses__() for kind in (child, *kinds(child))]


def test_every_refusal_stands_in_the_readme_with_its_status_and_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \| (.*?)(?:\.|\. .*) \|$", README, flags=re.MULTILINE)
    grouping = {Malformed, Forbidden, Conflict, Impossible, SlotStarted}
    assert sorted(rows) == sorted(
        (kind.code, str(status_of(kind)), kind.title.rstrip(".")) for kind in kinds(Refusal) if kind not in grouping
    )


def test_every_setting_stands_in_the_readme_and_no_other() -> None:
    read = set(re.findall(r'"(DATABASE_URL|BOOKING_[A-Z0-9_]+)"', Path(config.__file__).read_text(encoding="utf-8")))
    first_cells = " ".join(re.findall(r"^\| (`.*?) \|", SECTIONS["Configuration"], re.MULTILINE))
    assert {name for name in re.findall(r"`(\w+)`", first_cells) if not name.startswith("AWS_")} == read


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_is_there_to_be_asked_for_help(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*command.split(), "--help"])
    assert capsys.readouterr().out.startswith(f"usage: booking {command}")


def test_every_command_stands_in_the_readme(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    offered = set(re.findall(r"^    (\w+)\b", capsys.readouterr().out, re.MULTILINE))
    assert offered == {command.split()[0] for command in COMMANDS}


def test_every_decision_is_linked_from_the_readme() -> None:
    linked = set(re.findall(r"\]\(docs/adr/(.+?\.md)\)", SECTIONS["Decisions"]))
    assert linked == {page.name for page in files.path("docs/adr").glob("*.md")}
