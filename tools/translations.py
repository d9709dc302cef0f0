"""Check that each text of notices is translated, once and whole: translations.py [--update]

`--update` writes the catalogs anew: texts that are gone leave, new ones come in empty, for somebody to translate.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from booking.adapters.words.catalogs import FOLDER

TEMPLATES = FOLDER.parent / "templates"
EXTRACTION = [("**", "jinja2")]
OPTIONS = {"**": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%(?!%)")


def main(arguments: list[str]) -> int:
    wanted = texts()
    if "--update" in arguments:
        for path in FOLDER.glob("*.po"):
            path.write_bytes(updated(catalog(path), wanted))
    faults = [f"{path}: {fault}" for path in sorted(FOLDER.glob("*.po")) for fault in faults_of(catalog(path), wanted)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def texts() -> Catalog:
    """Return the texts that the templates have."""
    found = Catalog()
    for _, _, text, _, _ in extract_from_dir(TEMPLATES, EXTRACTION, OPTIONS):
        found.add(text)
    return found


def catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem, abort_invalid=True)


def updated(translated: Catalog, wanted: Catalog) -> bytes:
    """Return the catalog as a file, with the texts that are wanted: what is alike is never taken for a translation."""
    translated.update(wanted, no_fuzzy_matching=True)
    translated.obsolete.clear()
    file = BytesIO()
    write_po(file, translated, width=120, sort_output=True, no_location=True, omit_header=True)
    return file.getvalue()


def faults_of(translated: Catalog, wanted: Catalog) -> Iterator[str]:
    """Yield texts that are missing, not used, or not translated with all their placeholders."""
    there = {message.id: message for message in translated if message.id}
    used = {message.id for message in wanted if message.id}
    yield from (f"missing: {text}" for text in sorted(map(str, used - there.keys())))
    yield from (f"not used: {text}" for text in sorted(map(str, there.keys() - used)))
    for text in sorted(used & there.keys(), key=str):
        if not _translated(there[text], translated.num_plurals):
            yield f"not translated: {text}"


def _translated(message: Message, plurals: int) -> bool:
    source = message.id if isinstance(message.id, tuple) else (message.id,)
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    forms = plurals if isinstance(message.id, tuple) else 1
    placeholders = {frozenset(found[0] for found in PLACEHOLDER.finditer(text)) for text in (*source, *said)}
    return len(said) == forms and all(said) and not message.fuzzy and len(placeholders) == 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
