"""The shop's scenario: its steps, its classes, and that it stays a plain Locust file."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIO = Path(__file__).parents[3] / "locust" / "locustfiles" / "shop.py"


def _run(code: str) -> str:
    """Run *code* in a process of its own: importing locust patches the one it is in."""
    done = subprocess.run(
        [sys.executable, "-c", code, str(SCENARIO)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


LOAD = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("shop", sys.argv[1])
shop = importlib.util.module_from_spec(spec)
spec.loader.exec_module(shop)
"""


def test_users_climb_in_equal_steps_and_end_with_the_run_time() -> None:
    times = [0, 23.9, 24, 47.9, 48, 72, 96, 119.9, 120, 500]
    code = f"{LOAD}print(json.dumps([shop.users_at(t, 120, 200, 5) for t in {times}]))"
    assert json.loads(_run(code)) == [40, 40, 80, 80, 120, 160, 200, 200, None, None]


def test_a_short_run_with_few_users_still_has_one_on_the_first_step() -> None:
    code = f"{LOAD}print(json.dumps([shop.users_at(t, 5, 2, 5) for t in range(6)]))"
    assert json.loads(_run(code)) == [1, 1, 1, 2, 2, None]


def test_locust_lists_three_classes_by_weight() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "locust", "-f", str(SCENARIO), "--show-task-ratio-json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    classes = json.loads(done.stdout)["per_class"]
    shares = {name: round(entry["ratio"], 3) for name, entry in classes.items()}
    assert shares == {"Browser": 0.6, "Searcher": 0.2, "Buyer": 0.2}


def test_the_scenario_imports_nothing_but_locust_and_the_standard_library() -> None:
    tree = ast.parse(SCENARIO.read_text())
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {name.partition(".")[0] for name in imported} <= {"locust", *sys.stdlib_module_names}


@pytest.mark.parametrize("folder", [SCENARIO.parent, SCENARIO.parents[1]])
def test_no_init_file_shadows_the_package_locust(folder: Path) -> None:
    assert not (folder / "__init__.py").exists()
