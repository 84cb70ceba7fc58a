"""A reason why a mutant may survive is one of code that is there."""

import tomllib

import pytest
from tests.mutants.code import applies, functions_of, source_of
from tests.mutants.core import CORE, TOO_SLOW
from tests.mutants.report import EXPLAINED
from tests.mutants.workshop import ROOT

REASONS = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", REASONS)
def test_each_change_that_is_explained_can_still_be_made(module: str) -> None:
    """Remove the reason with the code that it was about, or move it along."""
    assert module in CORE
    functions = functions_of(source_of(module))
    changes = [(reason["in"], change) for reason in REASONS[module] for change in reason["changes"]]
    assert not [c for place, c in changes if not applies(c, functions.get(place, ""))]


@pytest.mark.parametrize("module", CORE)
def test_each_file_that_is_asked_for_a_module_exists(module: str) -> None:
    paths = [ROOT / word.partition("::")[0] for word in CORE[module] if word.startswith("tests/")]
    assert paths
    assert not [path for path in paths if not path.exists()]
    assert source_of(module).exists()


def test_what_is_too_slow_is_of_the_core() -> None:
    assert CORE.keys() >= TOO_SLOW
