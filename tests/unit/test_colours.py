"""Colours of agencies: legible, whatever is given."""

from itertools import product

import pytest

from booking.adapters.words.colours import USUAL, contrast, ink, legible, usable
from booking.adapters.words.words import CARD

SHADES = ["#" + "".join(parts) for parts in product(("00", "40", "80", "c0", "ff"), repeat=3)]


def test_contrast_is_as_wcag_computes_it() -> None:
    assert contrast("#ffffff", "#000000") == contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert contrast("#123456", "#123456") == 1


def test_the_agencys_name_is_legible_on_each_colour() -> None:
    assert [shade for shade in SHADES if contrast(ink(shade), shade) < 4.5] == []
    assert (ink("#0f6b5c"), ink("#ffd400"), ink("#777777")) == ("#ffffff", "#000000", "#000000")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_links_in_each_colour_are_legible(scheme: str) -> None:
    assert [shade for shade in SHADES if contrast(legible(shade, CARD[scheme]), CARD[scheme]) < 4.5] == []


def test_a_colour_that_is_legible_stays_as_it_is() -> None:
    assert legible("#0f6b5c", "#ffffff") == "#0f6b5c"
    assert legible("#ffd400", "#ffffff") == "#807d00" or contrast(legible("#ffd400", "#ffffff"), "#ffffff") < 6


@pytest.mark.parametrize("colour", [None, "", "red", "#fff", "#0f6b5c; x", "#0f6b5g", "#0f6b5c\n"])
def test_another_text_is_no_colour(colour: str | None) -> None:
    assert usable(colour) == USUAL


def test_a_colour_is_taken_in_either_case() -> None:
    assert usable("#0F6B5C") == "#0f6b5c"
