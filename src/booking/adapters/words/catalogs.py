"""Languages of our texts: English as it stands in the templates, and catalogs of translations."""

from collections.abc import Mapping
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent / "translations"
SOURCE = "en"


def load() -> Mapping[str, NullTranslations]:
    """Read the translations by their language."""
    return {SOURCE: NullTranslations(), **{path.stem: _translations(path) for path in sorted(FOLDER.glob("*.po"))}}


def language(wanted: list[str | None], known: Mapping[str, object]) -> Locale:
    """Return the first wanted locale that there are texts for, as exactly as Babel knows it; or else English."""
    for tag in wanted:
        parts = (tag or "").split("-")
        if parts[0].lower() in known:
            return _locale(parts)
    return Locale(SOURCE)


def _locale(parts: list[str]) -> Locale:
    """Return the locale of the tag, without the parts of it that Babel does not know."""
    for count in range(len(parts), 1, -1):
        try:
            return Locale.parse("-".join(parts[:count]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(parts[0].lower())


def _translations(path: Path) -> NullTranslations:
    """Read a catalog. Why as text: a compiled one would be a copy to be kept in step."""
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=path.stem))
    compiled.seek(0)
    return Translations(compiled)
