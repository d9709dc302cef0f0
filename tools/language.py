"""Check the language of docstrings and names of modules, by the rules of docs/glossary.md: language.py FOLDER …"""

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

VAGUE = re.compile(
    r"\b(whoever|whatever|whom|what|those|somebody|nobody|anybody|everybody)\b"
    r"|(?:^|[,;:] |\b(?:of|for|to|by|with|in|from|on|at|and|or|than|as) )(?:who|whose)\b",
    re.IGNORECASE,
)
"""Words that may not occur in a first line, as subjects or antecedents."""
VAGUE_SUBJECT = re.compile(
    r"(it|one|they|this|that|these|of|as|for|by|to|where|if|so|the same|also|likewise)\b", re.IGNORECASE
)
"""Words that may not begin a first line."""
NOUNS = {
    "accepting",
    "batching",
    "booking",
    "decoding",
    "direct_booking",
    "calendar_feed",
    "feed",
    "listing",
    "minting",
    "paging",
    "planning",
    "retrying",
    "seed",
}
"""Names of the domain and of known patterns, though they end as participles do."""
SUFFIX = re.compile(r"(ies|ings?|ed|es|s|y)$")


def main(folders: Sequence[str]) -> int:
    paths = sorted(path for folder in folders for path in Path(folder).rglob("*.py"))
    faults = [fault for path in paths for fault in _docstrings(path)]
    faults += [fault for folder in sorted({path.parent for path in paths}) for fault in _names(folder)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _docstrings(path: Path) -> Iterator[str]:
    """Yield the first lines of public docstrings that break rule 2."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if getattr(node, "name", "").startswith("_") or (text := ast.get_docstring(node)) is None:
            continue
        line = re.sub(r"`[^`]*`", "`…`", text.split("\n\n")[0].split(". ")[0].replace("\n", " "))
        if found := VAGUE.search(line) or VAGUE_SUBJECT.match(line):
            number = node.body[0].lineno
            yield f"{path}:{number}: '{found[0]}' in the first line: {line}"


def _names(folder: Path) -> Iterator[str]:
    """Yield modules of a package that break rule 4."""
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    for name in names:
        if re.search(r"(ed|ing)$", name) and name.removeprefix("write_") not in NOUNS:
            yield f"{folder}/{name}.py: the name is a participle"
    for name, other in combinations(names, 2):
        if SUFFIX.sub("", name) == SUFFIX.sub("", other):
            yield f"{folder}: {name} and {other} share a stem"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
