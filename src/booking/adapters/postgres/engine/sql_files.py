"""Statements in SQL files: a file a noun, `-- name: by_key` above each statement.

In a statement `:ids` is an input, and `{is_open}` a fragment: a condition, a list or a join that several statements
share, `-- fragment: is_open` above it, in its file or, where several files do, in the folder `fragments`.
`{is_open s=it}` has `it` in place of the alias `s`, and `{during who.since=s.start_time}` one column in place of
another. A line that ends in `-- if agent_id` is there only when that is given.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FRAGMENTS = "fragments"

_HEAD = re.compile(r"^-- (name|fragment): (\w+)\n", re.MULTILINE)
_OPTIONAL = re.compile(r"^(.*?)\s*-- if (\w+)$", re.MULTILINE)
_COMMENT = re.compile(r"\s*--.*$", re.MULTILINE)
_FRAGMENT = re.compile(r"{(\w+)((?:\s+[\w.]+=[\w.]+)*)}")
_COLUMN = re.compile(r"\b(\w+)\.(\w+)")
_INPUT = re.compile(r"(?<!:):([a-z]\w*)")


class BadStatement(Exception):
    """A file of statements that cannot be read."""


class Query:
    """A statement with its inputs, which are given to it in that order, and its name where it is a whole one."""

    def __init__(self, text: str, inputs: Sequence[str], name: str = "") -> None:
        self.name = name
        self.inputs = tuple(inputs)
        self.sql = _INPUT.sub(lambda found: f"${self.inputs.index(found[1]) + 1}", text)


class Composed:
    """A statement with optional lines: a query for each choice of them."""

    def __init__(self, text: str, name: str) -> None:
        self._name = name
        self._text = text
        self.known = {*_INPUT.findall(text), *(name for _, name in _OPTIONAL.findall(text))}
        self._of = cache(self._of_these)

    def given(self, **inputs: object) -> tuple[Any, ...]:
        """Return the query for the inputs that are not None, and their values in its order."""
        if inputs.keys() != self.known:
            raise TypeError(f"of these only one side knows: {sorted(inputs.keys() ^ self.known)}")
        query = self._of(frozenset(name for name, value in inputs.items() if value is not None))
        return (query, *(inputs[name] for name in query.inputs))

    def _of_these(self, given: frozenset[str]) -> Query:
        text = _OPTIONAL.sub(lambda found: found[1] if found[2] in given else "", self._text)
        return Query(text, list(dict.fromkeys(_INPUT.findall(text))), self._name)


class SqlFiles:
    """A folder of them. `constants` are fragments, too, that somebody else decides on."""

    def __init__(self, folder: Path, constants: Mapping[str, str]) -> None:
        self._folder = folder
        self._shared = constants
        for file in sorted((folder / FRAGMENTS).glob("*.sql")):
            self._shared = self._read(f"{FRAGMENTS}/{file.stem}", self._shared)["fragment"]
        self._of = cache(lambda noun: self._read(noun, self._shared))

    def query(self, noun: str, name: str, inputs: Sequence[str] = ()) -> Query:
        """Read a statement that has just these inputs; BadStatement."""
        text = self._text(noun, name)
        if _OPTIONAL.search(text) or set(_INPUT.findall(text)) != set(inputs):
            raise BadStatement(f"{noun}.{name} has other inputs than {', '.join(inputs)}, or optional lines")
        return Query(text, inputs, f"{noun}.{name}")

    def composed(self, noun: str, name: str) -> Composed:
        """Read a statement that has optional lines; BadStatement."""
        return Composed(self._text(noun, name), f"{noun}.{name}")

    def fragment(self, name: str) -> str:
        """Return the text of a shared fragment, with the fragments in it."""
        return _put_in(f"{{{name}}}", self._shared)

    def _text(self, noun: str, name: str) -> str:
        of = self._of(noun)
        if name not in of["name"]:
            raise BadStatement(f"{noun}.sql has no statement {name}")
        return _put_in(of["name"][name], of["fragment"])

    def _read(self, noun: str, shared: Mapping[str, str]) -> dict[str, dict[str, str]]:
        head, *parts = _HEAD.split((self._folder / f"{noun}.sql").read_text(encoding="utf-8"))
        found: dict[str, dict[str, str]] = {"name": {}, "fragment": dict(shared)}
        for kind, name, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if name in found[kind]:
                raise BadStatement(f"{noun}.sql has the {kind} {name}, which is there already")
            found[kind][name] = _without_comments(text)
        if _COMMENT.sub("", head).strip():
            raise BadStatement(f"{noun}.sql begins with a statement that has no name")
        return found


def _put_in(text: str, fragments: Mapping[str, str], within: tuple[str, ...] = ()) -> str:
    def of(found: re.Match[str]) -> str:
        name, called = found[1], dict(pair.split("=") for pair in found[2].split())
        if name in within or name not in fragments:
            raise BadStatement(f"the fragment {name} is within itself, or there is none of that name")
        inner = _put_in(fragments[name], fragments, (*within, name))
        edge = "\n" if _OPTIONAL.search(inner) else ""  # else an optional line would begin before it, or go on after it
        return (
            edge + _COLUMN.sub(lambda one: called.get(one[0]) or f"{called.get(one[1], one[1])}.{one[2]}", inner) + edge
        )

    return _FRAGMENT.sub(of, text)


def _without_comments(text: str) -> str:
    """Return what PostgreSQL needs of it: on one line, unless some are optional, for those end where they say so."""
    lines = (line if _OPTIONAL.match(line) else _COMMENT.sub("", line) for line in text.splitlines())
    return ("\n" if _OPTIONAL.search(text) else " ").join(line.strip() for line in lines if line.strip())
