"""What is broken on purpose has to be there to be broken."""

import re
from pathlib import Path

import pytest

from tests.mutations.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]
MIGRATIONS = {path.name: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("db/migrations/*.sql"))}
FUNCTION = re.compile(r"CREATE (?:OR REPLACE )?FUNCTION (\w+)\(.*?\$\$;", re.DOTALL)
LAST = {found[1]: name for name, text in MIGRATIONS.items() for found in FUNCTION.finditer(text)}
"""Functions of the database by their names, as the last migration defines them."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_finds_what_it_breaks_and_the_tests_that_see_it(mutant: Mutant) -> None:
    assert mutant.find in (ROOT / mutant.file).read_text(encoding="utf-8")
    assert (ROOT / mutant.tests.split()[0]).exists()


def test_a_function_is_broken_where_it_is_defined_for_the_last_time() -> None:
    for mutant in MUTANTS:
        for found in FUNCTION.finditer(MIGRATIONS.get(Path(mutant.file).name, "")):
            if mutant.find in found[0]:
                assert LAST[found[1]] == Path(mutant.file).name, mutant.what
