"""Each command of README is run by a test as it is written there; which one, the tests say."""

import ast
from pathlib import Path

from tests.fixtures import readme

ROOT = Path(__file__).parents[2]
RUNNING = ("tests/stack/apart/test_readme.py", "tests/integration/test_readme.py")
_BY_PIP = "it asks an index for all that swarmscope stands on; CI's machines do so"
NOT_RUN = {
    "make test": "it is what runs the tests",
    "pip install /path/to/swarmscope": _BY_PIP,
    "pip install '/path/to/swarmscope[cli]'": _BY_PIP,
}


def typed() -> set[str]:
    """Return all texts in the tests that run README's commands."""
    trees = [ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in RUNNING]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    return {n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def test_each_command_of_the_readme_is_run_as_it_is_written() -> None:
    assert readme.commands() - typed() == NOT_RUN.keys()


def test_what_the_readme_has_is_found_wherever_it_stands() -> None:
    """In a block, with a comment behind it; in a table; in a sentence."""
    assert {
        "make run USERS=100 TIME=1m",
        "swarmscope serve",
        "make scale WORKERS=8",
        "docker compose up -d --scale locust-worker=8",
    } <= readme.commands()
