"""What is broken on purpose has to be there to be broken."""

from pathlib import Path

import pytest

from tests.mutations.mutants import MUTANTS, Mutant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_mutant_finds_what_it_breaks_and_the_tests_that_see_it(mutant: Mutant) -> None:
    assert mutant.find in (ROOT / mutant.file).read_text(encoding="utf-8")
    assert (ROOT / mutant.tests.split()[0]).exists()
