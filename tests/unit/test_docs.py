"""What README and docs/ say is what the code knows: operations, refusals, settings, commands, decisions, and links."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import booking
from booking import config, files
from booking.cli.environment import EXPOSE, PAGE
from booking.cli.parser import main
from booking.domain.refusals import Conflict, Forbidden, Impossible, Malformed
from booking.domain.visits.refusals import SlotStarted
from booking.entrypoints.dev.seed import read_seed
from booking.entrypoints.http.problems import status_of
from tests.support.refusals import kinds
from tools import seed_schema

README = files.path("README.md")
DOCS = files.path("docs")
PAGES = sorted((*README.parent.glob("*.md"), *DOCS.glob("**/*.md")))
COMMANDS = re.findall(r"^\| `booking ([a-z -]+)` \|", (DOCS / "commands.md").read_text(encoding="utf-8"), re.MULTILINE)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_the_readme_is_read_in_ten_minutes() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= 250


def test_every_operation_of_the_api_is_listed_and_no_other() -> None:
    paths: dict[str, Any] = yaml.safe_load(files.path("openapi3.yaml").read_text(encoding="utf-8"))["paths"]
    offered = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in paths.items()
        if path.startswith("/api/v1")
        for method in operations.keys() & {"get", "post", "put", "patch", "delete"}
    }
    told = re.findall(r"^\| `([A-Z]+) (/\S*)` \|", page("operations.md"), re.MULTILINE)
    assert sorted(told) == sorted(offered)


def test_every_refusal_is_told_with_its_status_and_meaning() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \| (.*?)(?:\.|\. .*) \|$", page("refusals.md"), flags=re.MULTILINE)
    grouping = {Malformed, Forbidden, Conflict, Impossible, SlotStarted}
    assert sorted(rows) == sorted(
        (kind.code, str(status_of(kind)), kind.title.rstrip(".")) for kind in kinds() if kind not in grouping
    )


def text_of_config() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in Path(config.__file__).parent.glob("*.py"))


def test_every_setting_is_told_and_no_other() -> None:
    read = set(re.findall(r'"(DATABASE_URL|BOOKING_[A-Z0-9_]+)"', text_of_config()))
    read |= {EXPOSE, PAGE}
    first_cells = " ".join(re.findall(r"^\| (`.*?) \|", page("configuration.md"), re.MULTILINE))
    assert {name for name in re.findall(r"`(\w+)`", first_cells) if not name.startswith("AWS_")} == read


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_is_told_is_there_to_be_asked_for_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main([*command.split(), "--help"])
    assert capsys.readouterr().out.startswith(f"usage: booking {command}")


def test_every_command_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["--help"])
    offered = set(re.findall(r"^    ([\w-]+)", capsys.readouterr().out, re.MULTILINE))
    assert offered == {command.split()[0] for command in COMMANDS}


def test_every_option_of_the_development_stack_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["dev", "--help"])
    offered = set(re.findall(r"^  (--[a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    told = set(re.findall(r"`(--[a-z-]+)", page("testing.md")))
    assert offered - told == {"--host"}
    assert told <= offered


def test_the_seed_that_is_shown_is_one_and_the_schema_says_so_too(tmp_path: Path) -> None:
    assert seed_schema.FILE.read_bytes() == seed_schema.schema(), "write it anew: python -m tools.seed_schema"
    (shown,) = re.findall(r"^```json\n(.*?)^```$", page("testing.md"), re.MULTILINE | re.DOTALL)
    file = tmp_path / "seed.json"
    file.write_text(shown, encoding="utf-8")
    (organization,) = read_seed(file).organizations
    assert (len(organization.agents), len(organization.applicants), len(organization.slots)) == (1, 1, 1)
    schema = json.loads(seed_schema.FILE.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(shown), schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"organisations": []}, schema)


def test_every_decision_is_linked_from_the_list() -> None:
    linked = re.findall(r"\]\(adr/(.+?\.md)\)", page("decisions.md"))
    assert linked == sorted(one.name for one in (DOCS / "adr").glob("*.md"))


@pytest.mark.parametrize("one", PAGES, ids=[one.name for one in PAGES])
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(one: Path) -> None:
    broken = []
    for target, heading in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]*))?\)", one.read_text("utf-8")):
        file = one.parent / target if target else one
        if not file.exists() or (heading and heading not in headings(file)):
            broken.append(f"{target}#{heading}")
    assert broken == []


def headings(file: Path) -> set[str]:
    """As GitHub names them in links."""
    found = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_no_page_names_a_file_that_is_gone() -> None:
    """Decisions tell of files as they were."""
    gone = []
    for one in PAGES:
        if one.parent.name == "adr" or one.name in ("CHANGELOG.md", "reliability.md"):
            continue
        for path in re.findall(r"`((?:src|tests|docs|db|bench|deploy|tools)/[\w./-]+)`", one.read_text("utf-8")):
            if not (README.parent / path).exists():
                gone.append(f"{one.name}: {path}")
    assert gone == []


HOP = re.compile(r"^\| (\d+) \| `([\w/.]+)` \| `([\w.]+)` \|", re.MULTILINE)
WAYS = re.findall(r"^##+ (.+)\n((?:(?!^##).*\n?)*)", page("architecture.md"), re.MULTILINE)


@pytest.mark.parametrize("way", [way for way in WAYS if HOP.search(way[1])], ids=lambda way: way[0])
def test_every_hop_of_a_way_is_there(way: tuple[str, str]) -> None:
    hops = HOP.findall(way[1])
    assert [int(number) for number, _, _ in hops] == list(range(1, len(hops) + 1))
    gone = []
    for _, path, name in hops:
        file = Path(booking.__file__).parent / path
        last = name.rpartition(".")[2]
        defined = f"-- name: {last}\n" if path.endswith(".sql") else f"def {last}("
        if not file.exists() or defined not in file.read_text(encoding="utf-8"):
            gone.append(f"{path}: {name}")
    assert gone == []
    assert len(hops) <= 15


NOTES = re.compile(r'"notes"|\bnotes(?::| ?=)|\.notes\b|[:_]notes\b')


def test_what_to_touch_for_a_field_of_a_booking_is_told_to_the_last_file() -> None:
    """By the example of the page: the notes. `booking trigger` is a caller like any other."""
    source = Path(booking.__file__).parent
    files_of_it = [
        f"src/booking/{file.relative_to(source)}"
        for pattern in ("**/*.py", "**/*.sql")
        for file in source.glob(pattern)
        if NOTES.search(file.read_text(encoding="utf-8")) and file.name != "trigger.py"
    ]
    text = (README.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
    told = text.partition("## How to add a field to a booking")[2].partition("Nothing to do")[0]
    assert sorted(re.findall(r"`(src/[\w/.]+)`", told)) == sorted(files_of_it)
