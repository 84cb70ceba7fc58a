"""The scenarios that people copy: their index names each of them, and each is a page long."""

import ast
import re
from pathlib import Path

import pytest
from tests.fixtures.scenario_modules import SCENARIOS

FILES = sorted(path.relative_to(SCENARIOS).as_posix() for path in SCENARIOS.rglob("*.py"))
INDEX = (SCENARIOS / "README.md").read_text(encoding="utf-8")
A_PAGE = 140
"""Lines; shop.py, the demo's, has more."""


def imported(file: str) -> set[str]:
    tree = ast.parse((SCENARIOS / file).read_text(encoding="utf-8"))
    return {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }


def test_the_index_has_each_file_and_no_other():
    named = re.findall(r"^\| \[[^]]+\]\(([^)]+)\)", INDEX, re.MULTILINE)
    assert sorted(named) == FILES
    assert all((SCENARIOS / link).exists() for link in re.findall(r"\]\(([a-z_/]+\.\w+)\)", INDEX))


@pytest.mark.parametrize("file", FILES)
def test_a_file_that_wants_swarmscope_is_marked(file: str):
    wants = any(name.split(".")[0] == "swarmscope" for name in imported(file))
    assert (f"]({file}) † |" in INDEX) == wants


@pytest.mark.parametrize("file", [file for file in FILES if file != "shop.py"])
def test_a_file_is_a_page_long_and_says_how_it_is_run(file: str):
    text = (SCENARIOS / file).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= A_PAGE
    assert "    locust -f " in (ast.get_docstring(ast.parse(text), clean=False) or "")


def test_none_shadows_a_package_that_another_imports():
    """Locust puts a scenario's folder in front of the path."""
    packages = {name.split(".")[0] for file in FILES for name in imported(file)}
    assert not {Path(file).stem for file in FILES} & packages
