"""Translations: each text of the templates is there in each language, whole, and nothing else is."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from booking.adapters.words.catalogs import FOLDER
from tools.translations import catalog, faults_of, main, texts, updated

PLURAL = ("%(count)s slot was withdrawn", "%(count)s slots were withdrawn")


@pytest.fixture
def portuguese() -> Catalog:
    return catalog(FOLDER / "pt.po")


def test_every_text_is_translated_and_no_translation_is_left_over() -> None:
    assert main([]) == 0
    assert len([message for message in texts() if message.id]) > 80


def test_a_missing_text_is_a_fault(portuguese: Catalog) -> None:
    portuguese.delete("Where")
    assert list(faults_of(portuguese, texts())) == ["missing: Where"]


def test_a_text_that_nothing_uses_is_a_fault(portuguese: Catalog) -> None:
    portuguese.add("Wherever", "Onde quer que seja")
    assert list(faults_of(portuguese, texts())) == ["not used: Wherever"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Where", ""),
        ("It begins %(until)s.", "Começa."),
        ("It begins %(until)s.", "Começa %(when)s."),
        ("Where", "Onde 100 %"),
        (PLURAL, ("%(count)s horário", "", "")),
        (PLURAL, ("%(count)s horário", "%(count)s horários")),
    ],
)
def test_a_text_that_is_empty_or_says_less_is_a_fault(
    portuguese: Catalog, text: str | tuple[str, str], said: str | tuple[str, ...]
) -> None:
    portuguese.delete(text)
    portuguese.add(text, said)
    assert list(faults_of(portuguese, texts())) == [f"not translated: {text}"]


def test_a_doubtful_translation_is_a_fault(portuguese: Catalog) -> None:
    portuguese.delete("Where")
    portuguese.add("Where", "Onde", flags=["fuzzy"])
    assert list(faults_of(portuguese, texts())) == ["not translated: Where"]


def test_an_update_changes_nothing_where_nothing_is_new() -> None:
    for path in FOLDER.glob("*.po"):
        assert updated(catalog(path), texts()) == path.read_bytes()


def test_an_update_brings_new_texts_to_be_translated(portuguese: Catalog, tmp_path: Path) -> None:
    wanted = texts()
    wanted.add("Wherever")
    wanted.delete("Where")
    file = tmp_path / "pt.po"
    file.write_bytes(updated(portuguese, wanted))
    assert list(faults_of(catalog(file), wanted)) == ["not translated: Wherever"]
