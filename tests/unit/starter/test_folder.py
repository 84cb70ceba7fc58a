"""The folder on the disk: all of it or nothing, and nothing in the place of another file."""

import resource
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.starter.folder import write


def test_all_files_are_written_with_their_folders(tmp_path: Path) -> None:
    files = {tmp_path / "a" / "b" / "one": "1", tmp_path / "a" / "two": "ü"}
    write(files)
    assert {path: path.read_text(encoding="utf-8") for path in files} == files


@pytest.mark.parametrize("kind", ["file", "folder", "link that leads nowhere"])
def test_one_that_is_there_is_named_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    there = tmp_path / "new" / "two"
    there.parent.mkdir()
    if kind == "file":
        there.write_text("mine")
    elif kind == "folder":
        there.mkdir()
    else:
        there.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError) as caught:
        write({tmp_path / "new" / "one": "1", there: "2"})
    assert str(caught.value) == (
        f"{there} is there already, and init overwrites nothing. Nothing was written. Name another "
        "folder, or move the file away."
    )
    assert list(there.parent.iterdir()) == [there]
    assert not (tmp_path / "nowhere").exists()


def test_what_was_begun_is_taken_back(tmp_path: Path) -> None:
    """The second can't be made, because its folder would be the first, a file."""
    one = tmp_path / "new" / "one"
    with pytest.raises(ConfigurationError) as caught:
        write({one: "1", one / "two": "2"})
    assert "Nothing was written" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_why_a_file_can_not_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        write({tmp_path / "x" / "one": "1", tmp_path / "x" / ("n" * 300): "2"})
    assert "can't be written (File name too long). Nothing was written." in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    one, two = tmp_path / "x" / "one", tmp_path / "x" / "two"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5, before[1]))
    try:
        with pytest.raises(ConfigurationError) as caught:
            write({one: "1", two: "123456"})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert f"{two} can't be written (File too large). Nothing was written." in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_holds_credentials_is_its_owner_s_alone(tmp_path: Path) -> None:
    write({tmp_path / ".env": "1", tmp_path / "two": "2"})
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert (tmp_path / "two").stat().st_mode & 0o044
