"""A reason why a mutant may survive is one of code that is there."""

import ast
import tomllib
from pathlib import Path

import pytest
from tests.mutants.core import CORE
from tests.mutants.report import EXPLAINED
from tests.mutants.workshop import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef
REASONS = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("module", REASONS)
def test_each_change_that_is_explained_can_still_be_made(module: str) -> None:
    """Remove the reason with the code that it was about, or move it along."""
    assert module in CORE
    functions = functions_of(ROOT / "locust" / "swarmscope" / f"{module}.py")
    changes = [(reason["in"], change) for reason in REASONS[module] for change in reason["changes"]]
    assert not [c for place, c in changes if not applies(c, functions.get(place, ""))]


@pytest.mark.parametrize("module", CORE)
def test_each_file_that_is_asked_for_a_module_exists(module: str) -> None:
    paths = [ROOT / word.partition("::")[0] for word in CORE[module] if word.startswith("tests/")]
    assert paths
    assert not [path for path in paths if not path.exists()]


def functions_of(path: Path) -> dict[str, str]:
    """Return the source of each function in *path* and of each method of its classes."""
    source = path.read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for each in inner:
            if isinstance(each, Function):
                found[prefix + each.name] = ast.get_source_segment(source, each) or ""
    return found


def applies(change: str, function: str) -> bool:
    """Whether *function* has what *change* takes away: `- before + after`, each of some lines.

    A + may be part of the code, too: of any part up to one it is enough that it's there.
    """
    here = squeezed(function)
    words = change.removeprefix("- ").split(" + ")
    before = (" + ".join(words[:n]) for n in range(1, len(words)))
    return any(
        squeezed(text) in here or all(squeezed(line) in here for line in text.split(" - "))
        for text in before
    )


def squeezed(code: str) -> str:
    """Return *code* without blanks: lines are broken in other places in it."""
    return "".join(code.split())
