"""Statements in SQL files: a file a noun, `-- name: by_key` above each statement.

In a statement `:ids` is an input, and `{is_open}` a fragment: a condition, a list or a join that several statements
share. Fragments stand in a file of their own, `-- fragment: is_open` above each. A line that ends in `-- if agent_id`
is there only when that is given.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

FRAGMENTS = "fragments"

_NAME = re.compile(r"^-- (?:name|fragment): (\w+)\n", re.MULTILINE)
_OPTIONAL = re.compile(r"^(.*?)\s*-- if (\w+)$", re.MULTILINE)
_COMMENT = re.compile(r"\s*--.*$", re.MULTILINE)
_FRAGMENT = re.compile(r"{(\w+)}")
_INPUT = re.compile(r"(?<!:):([a-z]\w*)")


class BadStatement(Exception):
    """A file of statements that cannot be read."""


class Query:
    """A statement with its inputs, which are given to it in that order."""

    def __init__(self, text: str, inputs: Sequence[str]) -> None:
        self.inputs = tuple(inputs)
        self.sql = _INPUT.sub(lambda found: f"${self.inputs.index(found[1]) + 1}", text)


class Composed:
    """A statement with optional lines: a query for each choice of them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._known = {*_INPUT.findall(text), *(name for _, name in _OPTIONAL.findall(text))}
        self._of = cache(self._of_these)

    def given(self, **inputs: object) -> tuple[Any, ...]:
        """Return the query for the inputs that are not None, and their values in its order."""
        if inputs.keys() != self._known:
            raise TypeError(f"of these only one side knows: {sorted(inputs.keys() ^ self._known)}")
        query = self._of(frozenset(name for name, value in inputs.items() if value is not None))
        return (query, *(inputs[name] for name in query.inputs))

    def _of_these(self, given: frozenset[str]) -> Query:
        text = _OPTIONAL.sub(lambda found: found[1] if found[2] in given else "", self._text)
        return Query(text, list(dict.fromkeys(_INPUT.findall(text))))


class SqlFiles:
    """A folder of them. `constants` are fragments, too, that somebody else decides on."""

    def __init__(self, folder: Path, constants: Mapping[str, str]) -> None:
        self._folder = folder
        self._fragments = {**self._read(FRAGMENTS), **constants}
        self._of = cache(self._read)

    def query(self, noun: str, name: str, inputs: Sequence[str] = ()) -> Query:
        """Read a statement that has just these inputs; BadStatement."""
        text = self._text(noun, name)
        if _OPTIONAL.search(text) or set(_INPUT.findall(text)) != set(inputs):
            raise BadStatement(f"{noun}.{name} has other inputs than {', '.join(inputs)}, or optional lines")
        return Query(text, inputs)

    def composed(self, noun: str, name: str) -> Composed:
        """Read a statement that has optional lines; BadStatement."""
        return Composed(self._text(noun, name))

    def fragment(self, name: str, within: tuple[str, ...] = ()) -> str:
        """Return the text of a fragment, with those in it."""
        if name in within or name not in self._fragments:
            raise BadStatement(f"the fragment {name} is within itself, or there is none of that name")
        return _FRAGMENT.sub(lambda found: self.fragment(found[1], (*within, name)), self._fragments[name])

    def _text(self, noun: str, name: str) -> str:
        if name not in (statements := self._of(noun)):
            raise BadStatement(f"{noun}.sql has no statement {name}")
        return _FRAGMENT.sub(lambda found: self.fragment(found[1]), statements[name])

    def _read(self, noun: str) -> dict[str, str]:
        head, *parts = _NAME.split((self._folder / f"{noun}.sql").read_text(encoding="utf-8"))
        names, texts = parts[::2], parts[1::2]
        if len(set(names)) < len(names) or _COMMENT.sub("", head).strip():
            raise BadStatement(f"{noun}.sql has a name twice, or a statement without one")
        return dict(zip(names, map(_without_comments, texts), strict=True))


def _without_comments(text: str) -> str:
    lines = (line if _OPTIONAL.match(line) else _COMMENT.sub("", line) for line in text.splitlines())
    return "\n".join(line for line in lines if line.strip())
