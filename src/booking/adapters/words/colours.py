"""Colours of an agency, made legible: 4.5 to 1, as WCAG 2.2 AA wants it, with any colour given."""

import re

USUAL = "#1f4b99"
BLACK, WHITE = "#000000", "#ffffff"
LEAST_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_STEPS = 20


def usable(colour: str | None) -> str:
    """Return the agency's colour, or the usual one."""
    return colour.lower() if colour is not None and _COLOUR.fullmatch(colour) else USUAL


def contrast(one: str, other: str) -> float:
    """Return the ratio of contrast, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def ink(background: str) -> str:
    """Return white or black, whichever is legible on the background: one of them always is."""
    return WHITE if contrast(WHITE, background) >= LEAST_CONTRAST else BLACK


def legible(colour: str, background: str) -> str:
    """Return the colour, mixed with as much ink as makes it legible on the background."""
    towards = _parts(ink(background))
    for step in range(_STEPS):
        mixed = [part + (aim - part) * step / _STEPS for part, aim in zip(_parts(colour), towards, strict=True)]
        text = "#" + "".join(f"{round(part):02x}" for part in mixed)
        if contrast(text, background) >= LEAST_CONTRAST:
            return text
    return ink(background)


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (part / 255 for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
