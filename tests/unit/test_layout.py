"""The layout's own traps: our folder must never hide the package `locust`."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_folder_locust_is_no_package():
    assert not (ROOT / "locust" / "__init__.py").exists()
    assert not (ROOT / "locust" / "locustfiles" / "__init__.py").exists()


def test_the_package_locust_comes_from_site_packages_even_at_the_root():
    code = "import locust, swarmscope; print(locust.__file__); print(swarmscope.__file__)"
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    theirs, ours = said.stdout.split()
    assert "site-packages" in theirs
    assert Path(ours).parent == ROOT / "locust" / "swarmscope"


def test_the_listener_prints_its_path_for_the_command_line():
    said = subprocess.run(
        [sys.executable, "-m", "swarmscope.listener"], capture_output=True, text=True, check=True
    )
    assert Path(said.stdout.strip()) == ROOT / "locust" / "swarmscope" / "listener.py"


def test_a_worker_loads_neither_the_store_nor_the_command_line():
    code = "import swarmscope.listener, sys; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(said.stdout.split())
    assert loaded.isdisjoint({"duckdb", "plotly", "typer", "starlette", "uvicorn", "boto3"})
    # What judges runs is read by a master that is told to.
    assert loaded.isdisjoint({"yaml", "swarmscope.gate", "swarmscope.agent.live_verdicts"})
    assert "swarmscope.delivery" in loaded
