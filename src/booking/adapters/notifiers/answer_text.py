"""Text of a receiver's answer, fit to be shown: printable, and without the endpoint's secrets."""

import re
from collections.abc import Sequence

LONGEST = 1024  # characters
TELLING = 8  # characters of a secret from which on it is taken out, where the answer was cut within it

_WRITTEN = {"/": r"(?:\\?/|%2F)", "+": r"(?:\+|%2B|\\u002B)", "=": r"(?:=|%3D|\\u003D)?"}
"""Characters of base64 that JSON and forms write in other ways."""


def answer_text(body: bytes, secrets: Sequence[str]) -> str:
    text = body.decode("utf-8", "replace")
    for secret in secrets:
        text = _whole_or_cut(secret.removeprefix("whsec_")).sub("[secret]", text)
    return "".join(_printable(char) for char in text)[:LONGEST]


def _whole_or_cut(secret: str) -> re.Pattern[str]:
    """Match a secret, or as much of it as stands at the end of the text."""
    pieces = [_WRITTEN.get(char, re.escape(char)) for char in secret]
    rest = ""
    for piece in reversed(pieces[TELLING:]):
        rest = rf"(?:\Z|{piece}{rest})"
    return re.compile("".join(pieces[:TELLING]) + rest, re.IGNORECASE)


def _printable(char: str) -> str:
    """Replace white space by a blank; controls, and marks that hide or turn text, by the replacement character."""
    if char.isprintable():
        return char
    return " " if char.isspace() else "\N{REPLACEMENT CHARACTER}"
