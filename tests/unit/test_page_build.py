"""The page is built of its sources, once, and told and opened where a person is."""

import sys
from pathlib import Path

import pytest

from booking.cli.page import may_open
from booking.entrypoints.dev.page_build import STAMP, build, digest, is_built, sources


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in (
        "openapi3.yaml",
        "asyncapi.yaml",
        "web/index.html",
        "web/src/main.ts",
        "clients/typescript/src/index.ts",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    for made in ("web/node_modules/lit/x.js", "web/dist/index.html", "clients/typescript/src/generated/x.ts"):
        (tmp_path / made).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / made).write_text(made)
    return tmp_path


def stamped(repository: Path) -> None:
    (repository / "web" / "dist").mkdir(exist_ok=True)
    (repository / "web" / "dist" / STAMP).write_text(digest(repository))


def test_sources_are_what_people_wrote(repository: Path) -> None:
    assert [str(file) for file in sources(repository)] == [
        "asyncapi.yaml",
        "clients/typescript/src/index.ts",
        "openapi3.yaml",
        "web/index.html",
        "web/src/main.ts",
    ]


def test_the_same_sources_are_not_built_again(repository: Path) -> None:
    assert not is_built(repository)
    stamped(repository)
    assert is_built(repository)
    assert build(repository) == repository / "web" / "dist"  # without Node: nothing here could be built


@pytest.mark.parametrize("file", ["openapi3.yaml", "web/src/main.ts", "clients/typescript/src/index.ts"])
def test_another_source_is_another_page(repository: Path, file: str) -> None:
    stamped(repository)
    (repository / file).write_text("another")
    assert not is_built(repository)


def test_a_source_that_moves_is_another_page(repository: Path) -> None:
    stamped(repository)
    (repository / "web" / "src" / "main.ts").rename(repository / "web" / "src" / "other.ts")
    assert not is_built(repository)


@pytest.mark.parametrize(
    ("environment", "on_request", "terminal", "opens"),
    [
        ({"DISPLAY": ":0"}, True, True, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True, True, True),
        ({}, True, True, False),
        ({"DISPLAY": ":0", "CI": "true"}, True, True, False),
        ({"DISPLAY": ":0"}, False, True, False),
        ({"DISPLAY": ":0"}, True, False, False),
    ],
)
def test_a_browser_is_opened_for_a_person_at_a_display_alone(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], on_request: bool, terminal: bool, opens: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)
    assert may_open(environment, on_request=on_request) is opens
