"""The way to a file is this user's own, and what is done in a folder is done there."""

import errno
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.fixtures.neighbours import ATTACKER, give, needs_root
from tests.fixtures.odd_files import hard_link, link, link_to_nowhere, mode, open_files

from swarmscope.own_files import (
    NotOwnError,
    oddity,
    open_own,
    opened_folder,
    replacing,
    scratch_folder,
)


def write(path: Path, content: bytes) -> None:
    with replacing(path) as file:
        file.write(content)
        assert not path.is_file() or path.read_bytes() != content


@pytest.mark.parametrize(("umask", "bits"), [(0o022, 0o644), (0o077, 0o600)], ids=oct)
def test_a_new_file_takes_the_name_as_a_whole_for_whom_the_umask_lets_read_it(
    tmp_path: Path, umask: int, bits: int
) -> None:
    before = os.umask(umask)
    try:
        for content in (b"first", b"second"):
            write(tmp_path / ("n" * 255), content)
    finally:
        os.umask(before)
    (made,) = tmp_path.iterdir()
    assert (made.read_bytes(), mode(made)) == (b"second", bits)


@pytest.mark.parametrize("make", [link, link_to_nowhere, os.mkfifo, hard_link])
def test_what_had_the_name_is_replaced_and_not_written_to(
    tmp_path: Path, make: Callable[[Path], object]
) -> None:
    path = tmp_path / "report.html"
    make(path)
    write(path, b"report")
    assert (path.read_bytes(), oddity(path.lstat())) == (b"report", "")
    other = path.with_suffix(".other")
    assert not other.exists() or other.read_bytes() == b""


def test_what_cannot_take_its_place_is_removed_again(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    before = open_files(tmp_path)
    with pytest.raises(OSError, match="directory"):
        write(tmp_path / "folder", b"report")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
    assert open_files(tmp_path) == before


@needs_root
@pytest.mark.parametrize(("owner", "trusted"), [(0, True), (1, False), (ATTACKER, False)])
@pytest.mark.parametrize("rest", ["file", "folder/file", "not/there/file"])
def test_a_way_leads_through_no_link_of_another_user(
    tmp_path: Path, owner: int, trusted: bool, rest: str
) -> None:
    (tmp_path / "there" / "folder").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "there")
    os.lchown(tmp_path / "link", owner, owner)
    path = tmp_path / "link" / rest
    if trusted:
        if path.parent.is_dir():
            write(path, b"report")
            assert (tmp_path / "there" / path.relative_to(tmp_path / "link")).read_bytes()
        return
    before = open_files(tmp_path)
    for make in (False, True):
        with pytest.raises(NotOwnError) as caught, opened_folder(path.parent, make=make):
            pass
        assert caught.value.strerror == f"{tmp_path}/link is a link of another user (uid {owner})"
        assert caught.value.filename == str(path.parent)
    with pytest.raises(NotOwnError):
        write(path, b"report")
    assert open_files(tmp_path) == before
    assert [one.name for one in (tmp_path / "there").rglob("*")] == ["folder"]


def leads_to(folder: int, path: Path) -> bool:
    return os.path.samestat(os.fstat(folder), path.stat())


@pytest.mark.parametrize("to", ["{0}/real", "real", "./real", "../{1}/real", "other/../real"])
def test_own_links_are_followed_as_the_system_does(tmp_path: Path, to: str) -> None:
    (tmp_path / "real" / "inner").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    (tmp_path / "link").symlink_to(to.format(tmp_path, tmp_path.name))
    (tmp_path / "second").symlink_to("link/inner")
    for way in ("link/inner", "second", "second/../inner", "link/../second"):
        with opened_folder(tmp_path / way) as folder:
            assert leads_to(folder, tmp_path / "real" / "inner")


def test_a_folder_is_found_from_the_current_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "inner").mkdir()
    for way, there in ((".", tmp_path), ("inner", tmp_path / "inner"), ("..", tmp_path.parent)):
        with opened_folder(Path(way)) as folder:
            assert leads_to(folder, there)
    with opened_folder(Path("/")) as folder:
        assert leads_to(folder, Path("/"))


def test_links_in_a_ring_end(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as caught, opened_folder(tmp_path / "a"):
        pass
    assert caught.value.errno == errno.ELOOP


def test_folders_are_made_where_they_are_wanted_and_else_not(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("made/by/link")
    for way in ("link", "new/one"):
        with pytest.raises(FileNotFoundError) as caught, opened_folder(tmp_path / way):
            pass
        assert caught.value.filename == str(tmp_path / way)
        with opened_folder(tmp_path / way, make=True) as folder:
            assert leads_to(folder, tmp_path / way)
    assert (tmp_path / "made" / "by" / "link").is_dir()


def test_a_file_is_no_way(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for way in ("file", "file/further"):
        with pytest.raises(NotADirectoryError), opened_folder(tmp_path / way, make=True):
            pass


def test_a_folder_that_one_may_pass_and_not_list_is_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "closed" / "open").mkdir(parents=True)
    (tmp_path / "closed").chmod(0o100)
    try:
        with opened_folder(tmp_path / "closed" / "open") as folder:
            assert leads_to(folder, tmp_path / "closed" / "open")
    finally:
        (tmp_path / "closed").chmod(0o700)


def test_what_is_done_in_an_opened_folder_is_done_there_whatever_has_its_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "file").write_text("mine")
    (tmp_path / "way").mkdir()
    with opened_folder(tmp_path / "way") as folder:
        (tmp_path / "way").rename(tmp_path / "moved")
        (tmp_path / "way").symlink_to("victim")
        file = open_own(tmp_path / "way" / "file", os.O_WRONLY | os.O_CREAT, folder=folder)
        os.write(file, b"line")
        os.close(file)
        with scratch_folder(folder, tmp_path / "way") as scratch:
            (tmp_path / "moved" / scratch.resolve().name).rename(tmp_path / "moved" / "elsewhere")
            (scratch / "points").write_text("points")
            assert (tmp_path / "moved" / "elsewhere" / "points").read_text() == "points"
    assert (tmp_path / "moved" / "file").read_text() == "line"
    assert [one.name for one in (tmp_path / "victim").iterdir()] == ["file"]
    assert (tmp_path / "victim" / "file").read_text() == "mine"


def test_a_file_takes_its_place_where_its_making_began(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim" / "report").write_text("mine")
    (tmp_path / "way").mkdir()
    with replacing(tmp_path / "way" / "report") as file:
        file.write(b"report")
        (tmp_path / "way").rename(tmp_path / "moved")
        (tmp_path / "way").symlink_to("victim")
    assert (tmp_path / "moved" / "report").read_bytes() == b"report"
    assert (tmp_path / "victim" / "report").read_text() == "mine"


def test_a_link_in_an_opened_folder_is_told_from_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with opened_folder(tmp_path) as folder:
        for name, error, why in (
            ("link", NotOwnError, "it is a link"),
            ("none", FileNotFoundError, "No such file or directory"),
        ):
            with pytest.raises(error) as caught:
                open_own(tmp_path / name, os.O_RDONLY, folder=folder)
            assert (caught.value.strerror, caught.value.filename) == (why, str(tmp_path / name))


@needs_root
def test_a_folder_of_another_user_is_not_taken_for_the_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    his = tmp_path / "his"
    his.mkdir()
    give(his, ATTACKER)
    # Who may rename what is in the folder is quicker than we open what we made.
    monkeypatch.setattr("tempfile.TemporaryDirectory", lambda **_: nullcontext(str(his)))
    with (
        opened_folder(tmp_path) as folder,
        pytest.raises(NotOwnError, match="another user put a folder of his own in it"),
        scratch_folder(folder, tmp_path),
    ):
        pass
