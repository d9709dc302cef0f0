"""Texts of people, made fit for a line or for a paragraph: nothing in them can end a line or turn one around."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_DIRECTIONS = ("R", "AL")


def one_line(text: str, longest: int | None = None) -> str:
    """Return the text without control characters and breaks; one written from right to left is isolated."""
    line = _BLANKS.sub(" ", "".join(map(_visible, text))).strip()
    if longest is not None and len(line) > longest:
        line = _shortened(line, longest)
    turned = any(unicodedata.bidirectional(character) in _DIRECTIONS for character in line)
    return f"\u2068{line}\u2069" if turned else line


def lines(text: str) -> list[str]:
    """Return the lines of the text, cleaned, without empty ones."""
    return [line for line in map(one_line, text.splitlines()) if line]


def _shortened(line: str, longest: int) -> str:
    """Return the line, cut after the last word that fits, unless this word alone is most of the line."""
    cut = line[: longest - 1]
    words, _, _ = cut.rpartition(" ")
    return f"{words if len(words) > longest // 2 else cut}…"


def _visible(character: str) -> str:
    """Return the character; a blank for a control character, and nothing for a mark of formatting but the joiners."""
    category = unicodedata.category(character)
    if category == "Cf" and character not in "\u200c\u200d":
        return ""
    return " " if category in ("Cc", "Cs") else character
