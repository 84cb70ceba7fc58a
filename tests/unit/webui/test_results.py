"""Locust's own files of a run: in a folder of its own, or it is said why not."""

from pathlib import Path

import pytest
from tests.fixtures.fake_master import FakeMaster

from swarmscope.errors import ConfigurationError
from swarmscope.webui.master import Master, MasterUnreachableError
from swarmscope.webui.results import FILES, save, writable


@pytest.fixture
def ended(locust: FakeMaster) -> FakeMaster:
    """Return a master whose run "r" is over."""
    locust.run = "r"
    locust.pages = {path: (200, name.encode()) for name, path in FILES.items()}
    return locust


def test_they_are_in_a_folder_of_the_run(ended: FakeMaster, tmp_path: Path) -> None:
    folder = save(Master(ended.url), "r", tmp_path)
    assert folder == tmp_path / "r"
    assert {path.name: path.read_text() for path in folder.iterdir()} == {n: n for n in FILES}


def test_those_of_another_run_are_left_alone(ended: FakeMaster, tmp_path: Path) -> None:
    assert save(Master(ended.url), "an-older-run", tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("run", "name"),
    [("../a b", "_a_b"), ("..", "run"), ("a/b", "a_b"), ("a-1.x", "a-1.x"), ("é", "é")],
)
def test_a_run_s_name_is_no_way_out(ended: FakeMaster, tmp_path: Path, run: str, name: str) -> None:
    ended.run = run
    assert save(Master(ended.url), run, tmp_path) == tmp_path / name


def test_a_link_in_their_place_is_replaced_and_not_followed(
    ended: FakeMaster, tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "report.html").symlink_to(tmp_path / "mine")
    save(Master(ended.url), "r", tmp_path)
    assert (tmp_path / "mine").read_text() == "mine"
    assert (tmp_path / "r" / "report.html").read_text() == "report.html"


def test_where_they_can_not_be_written_it_says_what_is_safe(
    ended: FakeMaster, tmp_path: Path
) -> None:
    (tmp_path / "r").write_text("mine")
    with pytest.raises(ConfigurationError) as caught:
        save(Master(ended.url), "r", tmp_path)
    assert f"can't be written to {tmp_path / 'r'} (" in caught.value.happened
    assert caught.value.data == "The run is over, and what was measured is in the store."
    assert caught.value.remedy == "`swarmscope audit r` and `swarmscope report r` tell of it."
    assert (tmp_path / "r").read_text() == "mine"


def test_a_file_that_locust_does_not_give_is_told(ended: FakeMaster, tmp_path: Path) -> None:
    ended.pages["/exceptions/csv"] = (500, b"")
    with pytest.raises(MasterUnreachableError, match="answers /exceptions/csv with 500"):
        save(Master(ended.url), "r", tmp_path)
    assert not (tmp_path / "r" / "exceptions.csv").exists()


def test_a_folder_is_made_and_nothing_left_in_it(tmp_path: Path) -> None:
    assert writable(tmp_path / "a" / "results") == tmp_path / "a" / "results"
    assert list((tmp_path / "a" / "results").iterdir()) == []


@pytest.mark.parametrize("name", ["file", "file/results"])
def test_a_folder_that_can_not_be_one_is_told_before_any_load(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ConfigurationError, match="Results can't be written to") as caught:
        writable(tmp_path / name)
    assert caught.value.data == "No load was started."
    assert "--results" in caught.value.remedy
