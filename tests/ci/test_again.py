"""What failed beside the others is tried once more, alone, and only a few times by chance."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AGAIN = ROOT / ".ci" / "again.py"
FLAKY = """
from pathlib import Path
import pytest

@pytest.mark.parametrize("name", {names})
def test_one(name):
    path = Path(name)
    seen = path.exists()
    path.touch()
    assert seen

def test_another():
    {another}
"""


def run(folder: Path, *command: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def played(folder: Path, names: str, another: str = "pass") -> "subprocess.CompletedProcess[str]":
    """Run tests of which those of *names* fail the first time; return how the second try went."""
    (folder / "test_flaky.py").write_text(FLAKY.format(names=names, another=another))
    (folder / "conftest.py").write_text("from tests.conftest import pytest_sessionfinish\n")
    (folder / "pytest.ini").write_text("[pytest]\n")
    run(folder, "-m", "pytest", "-n", "0")
    return run(folder, AGAIN)


@pytest.mark.long
def test_what_passes_alone_is_named_and_passes(tmp_path: Path) -> None:
    done = played(tmp_path, '["a b", "c"]')
    assert done.returncode == 0, done.stdout
    assert (
        "passed alone:\n  test_flaky.py::test_one[a b]\n  test_flaky.py::test_one[c]" in done.stdout
    )
    assert "2 passed" in done.stdout


@pytest.mark.long
def test_what_fails_again_fails(tmp_path: Path) -> None:
    done = played(tmp_path, '["a"]', "assert False")
    assert done.returncode == 1
    assert "1 failed, 1 passed" in done.stdout
    assert "passed alone:" not in done.stdout


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("names", "another"),
    [
        pytest.param('["a", "b", "c", "d"]', "pass", id="more than a few"),
        pytest.param('["a"]', "raise KeyboardInterrupt", id="broken off"),
        pytest.param("[]", "pass", id="nothing failed, and make did"),
    ],
)
def test_nothing_else_is_tried(tmp_path: Path, names: str, another: str) -> None:
    done = played(tmp_path, names, another)
    assert done.returncode == 1
    assert not done.stdout


def test_nothing_is_tried_where_no_test_ran(tmp_path: Path) -> None:
    assert run(tmp_path, AGAIN).returncode == 1
