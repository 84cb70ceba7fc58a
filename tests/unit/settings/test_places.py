"""Where this user's spool lies: in a home, or in everybody's folder by a name of its own."""

import os
from pathlib import Path

import pytest
from tests.fixtures.neighbours import ATTACKER, give, needs_root

from swarmscope.settings import places


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "home"
    made.mkdir(0o700)
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("HOME", str(made))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    return made


def temporary(home: Path) -> Path:
    return home.parent / "tmp" / f"swarmscope-spool-{os.geteuid()}"


def test_a_spool_lies_in_the_home_where_no_restart_removes_it(home: Path) -> None:
    assert places.spool_dir() == home / ".local/state/swarmscope/spool"


def test_the_folder_for_state_may_be_elsewhere(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(home / "state"))
    assert places.spool_dir() == home / "state/swarmscope/spool"


@pytest.mark.parametrize("named", ["state", "./state", ""])
def test_one_that_has_no_whole_path_is_none(
    home: Path, monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", named)
    assert places.spool_dir() == home / ".local/state/swarmscope/spool"


def test_who_has_no_home_has_one_of_everybodys(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home / "not" / "there"))
    assert places.spool_dir() == temporary(home)


def test_a_home_that_others_may_write_to_is_not_used(home: Path) -> None:
    home.chmod(0o707)
    assert places.spool_dir() == temporary(home)


@needs_root
def test_nor_is_somebody_elses(home: Path) -> None:
    give(home, ATTACKER)
    assert places.spool_dir() == temporary(home)


def test_all_places_are_looked_into_those_of_former_versions_too(home: Path) -> None:
    assert places.spool_dirs() == [
        home / ".local/state/swarmscope/spool",
        temporary(home),
        home.parent / "tmp" / "swarmscope-spool",
    ]
    assert places.own_name() == temporary(home).name
