"""`swarmscope export`: which files it names, and what it leaves when it can't."""

from pathlib import Path

import pytest
from tests.fixtures.commands import Command
from tests.fixtures.recorded import EVENTS, RUN

from swarmscope.embedded.database import Database
from swarmscope.errors import ExitCode

FORMULA = 'locust_exception_stats,run=f,name=/a count=1i,message="=1+1" 5\n' + (
    'locust_run,run=f,worker=master,event=start,test=t message="x" 5'
)


@pytest.fixture(scope="module")
def formulas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with a text that a spreadsheet would calculate."""
    folder = tmp_path_factory.mktemp("formulas")
    with Database(folder) as database:
        database.write("loadtest", FORMULA)
    return folder


@pytest.mark.sample(3)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_each_file_is_named_with_its_rows(
    command: Command, recorded_store: Path, tmp_path: Path, kind: str
) -> None:
    done = command("export", RUN, "--format", kind, "--data", recorded_store)
    assert (done.code, done.err) == (ExitCode.FINE, "")
    named = dict(row.rsplit(": ", 1) for row in done.out.splitlines())
    files = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob(f"*.{kind}")}
    assert named.keys() == files
    assert f"results/{RUN}/locust_stats.{kind}" in files
    assert named[f"results/{RUN}/locust_run.{kind}"] == f"{len(EVENTS)} rows"


def test_a_text_that_was_changed_is_told_of(
    command: Command, formulas: Path, tmp_path: Path
) -> None:
    done = command("export", "f", "--data", formulas)
    assert done.code == ExitCode.FINE
    assert "For programs that want them exact: --raw" in done.err
    (path,) = tmp_path.rglob("locust_exception_stats.csv")
    assert "'=1+1" in path.read_text()
    raw = command("export", "f", "--raw", "--out", "exact", "--data", formulas)
    assert (raw.code, raw.err) == (ExitCode.FINE, "")
    (path,) = tmp_path.glob("exact/**/locust_exception_stats.csv")
    assert "'=1+1" not in path.read_text()


def test_of_a_run_that_is_not_there_nothing_is_made(
    command: Command, recorded_store: Path, tmp_path: Path
) -> None:
    done = command("export", "nobody", "--data", recorded_store)
    assert (done.code, done.out) == (ExitCode.NO_DATA, "")
    assert "nobody" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_told(
    command: Command, recorded_store: Path, tmp_path: Path
) -> None:
    (tmp_path / "results").write_text("mine")
    done = command("export", RUN, "--data", recorded_store)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "results" in done.err
    assert (tmp_path / "results").read_text() == "mine"
