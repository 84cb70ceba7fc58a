"""A folder that somebody else filled, or a download did, and commands that are started in it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.server_process import swarmscope

from swarmscope.demo.lifecycle import locustfiles
from swarmscope.demo.processes import Family, environment

MODULES = ("duckdb", "encodings", "gevent", "json", "locust", "psutil", "swarmscope", "typing")
TRAP = "with open({told!r}, 'a') as told:\n    told.write(__file__ + '\\n')\n"


def ran(told: Path) -> list[str]:
    return told.read_text().splitlines() if told.exists() else []


@pytest.fixture
def trapped(tmp_path: Path) -> Callable[[Path], Path]:
    """Fill a folder with modules in the place of others; return where they tell that they ran."""

    def fill(folder: Path) -> Path:
        told = tmp_path / "told"
        for name in MODULES:
            (folder / name).mkdir(parents=True)
            for part in ("__init__", "listener", "__main__", "main"):
                (folder / name / f"{part}.py").write_text(TRAP.format(told=str(told)))
        return told

    return fill


@pytest.mark.long
def test_the_doctor_runs_nothing_of_the_folder_in_which_it_is_asked(
    tmp_path: Path, trapped: Callable[[Path], Path]
) -> None:
    """It imported the listener from there, and said that all was fine."""
    folder = tmp_path / "downloads"
    told = trapped(folder)
    done = swarmscope("doctor", "--url", "http://127.0.0.1:9", cwd=folder)
    assert "ok     listener: It can be imported." in done.stdout
    assert ran(told) == []


@pytest.mark.parametrize(
    "command",
    [
        ("swarmscope.cli:main", "serve", "--help"),
        ("swarmscope.demo.shop:main", "--help"),
        ("locust.main:main", "-f", locustfiles(), "--list"),
    ],
    ids=lambda command: command[0],
)
def test_the_demo_runs_nothing_that_lies_beside_its_logs(
    tmp_path: Path, trapped: Callable[[Path], Path], command: tuple[str, ...]
) -> None:
    """Its processes were started there, and so looked there for modules before anywhere else."""
    logs = tmp_path / "logs"
    told = trapped(logs)
    with Family(logs, environment({})) as family:
        child = family.start("child", *command)
        assert child.wait(60)
    assert (child.exit_code, ran(told)) == (0, []), child.tail()
