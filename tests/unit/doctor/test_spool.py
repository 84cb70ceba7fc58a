"""What is said of the folder where unsent data waits, and of each thing that lies in it."""

from pathlib import Path

import pytest
from tests.fixtures.files import state
from tests.fixtures.spools import batch, leave

from swarmscope.doctor.finding import Finding, Level
from swarmscope.doctor.spool import check_spool
from swarmscope.settings import Settings
from swarmscope.spool.file import SpoolFile


def found(folder: Path) -> list[Finding]:
    """Return what is said of *folder*, in which nothing may be changed by looking."""
    above = next(one for one in folder.parents if one.exists())
    before = state(above)
    findings = list(check_spool(Settings(spool_dir=folder)))
    assert state(above) == before
    assert {one.topic for one in findings} == {"spool"}
    return findings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "spool"
    made.mkdir(mode=0o700)
    return made


def test_where_nothing_waits_all_is_fine(folder: Path) -> None:
    (fine,) = found(folder)
    assert fine == Finding(
        "spool", Level.FINE, f"{folder} can be written to, and nothing waits in it."
    )


def test_what_a_process_left_is_counted_with_its_runs(folder: Path) -> None:
    path = leave(folder, batch("1", requests=1_234), batch("2", requests=1))
    (left,) = found(folder)
    assert (left.level, left.message) == (
        Level.WARNING,
        f"{path.name} holds 1,235 unsent requests of run-1; its process is gone.",
    )
    assert "SWARMSCOPE_SPOOL_DIR" in left.remedy


def test_an_empty_one_that_was_left_is_nothing(folder: Path) -> None:
    leave(folder)
    (fine,) = found(folder)
    assert fine.level is Level.FINE


def test_spools_in_use_are_left_to_who_has_them(folder: Path) -> None:
    files = [SpoolFile.create(folder, name) for name in ("a", "b")]
    (fine,) = found(folder)
    assert fine.level is Level.FINE
    assert f"Running processes have 2 spools in {folder} in use" in fine.message
    for file in files:
        file.release(remove=True)


def test_a_damaged_one_says_what_becomes_of_it(folder: Path) -> None:
    (folder / "x.spool").write_bytes(b"not a database" * 100)
    (warning,) = found(folder)
    assert warning.level is Level.WARNING
    assert warning.remedy == "The next start sets it aside, and sends what can be read of it."


def test_what_may_be_somebody_else_s_is_not_taken_for_ours(folder: Path) -> None:
    (folder / "other").write_text("theirs")
    (folder / "x.spool").symlink_to(folder / "other")
    (warning,) = found(folder)
    assert warning.level is Level.WARNING
    assert f"{folder / 'x.spool'} isn't taken for a spool of this user: " in warning.message
    assert "Nothing of it is sent." in warning.message


def test_where_a_file_stands_in_its_place_data_would_stay_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (wrong,) = found(tmp_path / "file" / "spool")
    assert wrong.level is Level.WRONG
    assert "in memory" in wrong.message
    assert wrong.remedy


def test_one_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (fine,) = found(tmp_path / "not" / "there")
    assert fine.level is Level.FINE
    assert list(tmp_path.iterdir()) == []
