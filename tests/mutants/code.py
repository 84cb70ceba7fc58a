"""The code that mutants were made of, as it is now: a survivor may be of what is gone."""

import ast
from pathlib import Path

from tests.mutants.workshop import ROOT

Function = ast.FunctionDef | ast.AsyncFunctionDef


def source_of(module: str) -> Path:
    """Return the file of *module*."""
    return ROOT / "locust" / "swarmscope" / f"{module}.py"


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
