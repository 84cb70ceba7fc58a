"""Another user of the machine where log lines are written: links, pipes and files of his."""

import os
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from tests.fixtures.collectors import collecting, until
from tests.fixtures.neighbours import (
    ATTACKER,
    UNPRIVILEGED,
    VICTIM,
    as_user,
    everybodys,
    give,
    needs_root,
)

from swarmscope.logs.push import Push
from swarmscope.logs.rotating import RotatingFile

WRITE = """
from pathlib import Path
from swarmscope.logs.rotating import RotatingFile
file = RotatingFile(Path(sys.argv[2]), max_bytes=int(sys.argv[3]), every=1e9, keep=2)
for number in range(int(sys.argv[4])):
    try:
        file.write(b"line %d\\n" % number)
    except OSError as error:
        print(error.strerror)
file.close()
"""
TINY = 10
"""Bytes of a file that begins anew with each line."""


@pytest.fixture
def shared() -> Iterator[Path]:
    with everybodys() as folder:
        yield folder


def make(path: Path, *, max_bytes: int = 10**6, keep: int = 2) -> RotatingFile:
    return RotatingFile(path, max_bytes=max_bytes, every=1e9, keep=keep)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.long
@pytest.mark.long_sample(3)
@needs_root
@pytest.mark.parametrize("trap", ["link to a file", "link to nowhere", "file", "pipe"])
def test_what_another_user_put_there_is_not_written_to(
    shared: Path, trap: str, request: pytest.FixtureRequest
) -> None:
    home, path = shared / "home", shared / "worker.jsonl"
    home.mkdir(mode=0o700)
    (home / "profile").write_text("mine\n")
    give(home, VICTIM)
    if trap.startswith("link"):
        path.symlink_to(home / ("profile" if "file" in trap else "made"))
    elif trap == "pipe":
        os.mkfifo(path)
        request.addfinalizer(partial(os.close, os.open(path, os.O_RDONLY | os.O_NONBLOCK)))
    else:
        path.write_text("")
    give(path, ATTACKER)
    if not path.is_symlink():
        path.chmod(0o666)
    said = as_user(VICTIM, WRITE, path, 10**6, 1).stdout
    assert said in ("it is a link\n", f"it belongs to another user (uid {ATTACKER})\n")
    assert [(one.name, one.read_text()) for one in home.iterdir()] == [("profile", "mine\n")]
    assert path.lstat().st_size == 0 or path.is_symlink()


@pytest.mark.long
@needs_root
def test_a_link_of_another_user_on_the_way_is_not_followed(shared: Path) -> None:
    """The last name alone was looked at."""
    home = shared / "home"
    (home / ".ssh").mkdir(parents=True)
    give(home, VICTIM)
    for number, to in enumerate((home / ".ssh", home / "new")):
        link = shared / f"logs{number}"
        link.symlink_to(to)
        os.lchown(link, ATTACKER, ATTACKER)
        for path in (link / "worker.jsonl", link / "deeper" / "worker.jsonl"):
            said = as_user(VICTIM, WRITE, path, 10**6, 1).stdout
            assert said == f"{link} is a link of another user (uid {ATTACKER})\n"
    assert [one.name for one in home.rglob("*")] == [".ssh"]
    (shared / "mine").symlink_to(home / ".ssh")
    os.lchown(shared / "mine", VICTIM, VICTIM)
    as_user(VICTIM, WRITE, shared / "mine" / "worker.jsonl", 10**6, 1)
    assert [one.name for one in home.rglob("*")] == [".ssh", "worker.jsonl"]


@needs_root
def test_old_files_of_another_user_cost_neither_lines_nor_old_files(shared: Path) -> None:
    """Whoever can put names into the folder: seven of them made seven of ours go."""
    for number in range(4):
        trap = shared / f"x.99990101-00000{number}-000000"
        trap.write_text("his")
        give(trap, ATTACKER)
    assert as_user(VICTIM, WRITE, shared / "x", TINY, 4).stdout == ""
    ours = [one for one in sorted(shared.iterdir()) if one.stat().st_uid == VICTIM]
    assert [one.read_text() for one in ours] == ["line 3\n", "line 1\n", "line 2\n"]
    assert sum(one.stat().st_uid == ATTACKER for one in shared.iterdir()) == 4


@needs_root
def test_nobody_else_can_read_them(shared: Path) -> None:
    as_user(VICTIM, WRITE, shared / "logs" / "x", TINY, 3)
    files = list((shared / "logs").iterdir())
    assert len(files) == 3
    assert {mode(one) for one in files} == {0o600}


def test_a_link_is_not_followed_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "x").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="it is a link"):
        make(tmp_path / "x").write(b"line\n")
    assert (tmp_path / "target").read_text() == "mine"


def test_a_second_name_of_another_file_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    os.link(tmp_path / "target", tmp_path / "x")
    with pytest.raises(OSError, match="it has a second name, a hard link"):
        make(tmp_path / "x").write(b"line\n")
    assert (tmp_path / "target").read_text() == "mine"


def test_links_in_the_place_of_old_files_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("mine")
    (tmp_path / "folder").mkdir()
    for name, to in (
        ("x.20200101-000000-000000", "target"),
        ("x.20200101-000001-000000", "folder"),
    ):
        (tmp_path / name).symlink_to(tmp_path / to)
    (tmp_path / "x.20200101-000002-000000").mkdir()
    (tmp_path / "x.my-own-notes").write_text("mine")
    file = make(tmp_path / "x", max_bytes=TINY)
    for number in range(5):
        file.write(b"line %d\n" % number)
    assert (tmp_path / "target").read_text() == "mine"
    assert (tmp_path / "x.my-own-notes").read_text() == "mine"
    assert (tmp_path / "folder").is_dir()
    ours = sorted(tmp_path.glob("x.2[!0]*-*")) + sorted(tmp_path.glob("x.20[!2]*"))
    ours += [one for one in sorted(tmp_path.glob("x.202*")) if "20200101" not in one.name]
    assert [one.read_text() for one in ours] == ["line 2\n", "line 3\n"]


def test_a_link_in_the_place_of_the_file_that_begins_anew_is_neither_moved_nor_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "target").write_text("mine")
    file = make(tmp_path / "x", max_bytes=TINY)
    file.write(b"line 0\n")
    (tmp_path / "x").rename(tmp_path / "moved")
    (tmp_path / "x").symlink_to(tmp_path / "target")
    with pytest.raises(OSError, match="it is a link"):
        file.write(b"line 1\n")
    assert (tmp_path / "target").read_text() == "mine"
    (tmp_path / "x").unlink()
    file.write(b"line 2\n")
    assert (tmp_path / "x").read_text() == "line 2\n"
    assert (tmp_path / "moved").read_text() == "line 0\n"


def test_permissions_that_somebody_gave_a_file_go_over_to_the_next(tmp_path: Path) -> None:
    """For a program of another user that ships logs."""
    path = tmp_path / "x"
    path.touch()
    path.chmod(0o640)
    file = make(path, max_bytes=TINY)
    for number in range(3):
        file.write(b"line %d\n" % number)
    assert {mode(one) for one in tmp_path.iterdir()} == {0o640}


def test_a_pipe_gets_whole_lines_and_is_never_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    file = make(path, max_bytes=TINY)
    with pytest.raises(OSError, match="nobody reads this pipe"):
        file.write(b"nobody reads\n")
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        for number in range(20):
            file.write(b"line %d\n" % number)
        assert os.read(reader, 4_096) == b"".join(b"line %d\n" % number for number in range(20))
        with pytest.raises(BlockingIOError):  # nobody reads on: that mustn't last for ever
            file.write((b"x" * 4_000 + b"\n") * 100)
    finally:
        os.close(reader)
    assert [one.name for one in tmp_path.iterdir()] == ["pipe"]


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/stderr"])
def test_the_terminal_or_a_container_s_log_can_be_named(name: str) -> None:
    """It was begun anew like a file: root renamed /dev/stdout itself."""
    done = as_user(UNPRIVILEGED, WRITE, name, TINY, 3)
    assert (done.stdout or done.stderr) == "line 0\nline 1\nline 2\n"


def test_it_may_also_be_a_file_by_now(tmp_path: Path) -> None:
    code = "import os; os.dup2(os.open(sys.argv[5], os.O_WRONLY | os.O_CREAT), 1)\n" + WRITE
    with everybodys() as shared:
        as_user(UNPRIVILEGED, code, "/dev/stdout", TINY, 3, shared / "out")
        assert (shared / "out").read_bytes() == b"line 0\nline 1\nline 2\n"


def test_a_device_can_be_named() -> None:
    assert as_user(UNPRIVILEGED, WRITE, "/dev/null", TINY, 3).stdout == ""
    assert Path("/dev/null").is_char_device()


def test_a_folder_or_a_socket_is_refused(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name in ("folder", "socket"):
            with pytest.raises(OSError, match=r"Is a directory|No such device"):
                make(tmp_path / name).write(b"line\n")


def test_the_collector_says_what_is_wrong_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "collected").mkdir()
    (tmp_path / "target").write_text("mine")
    path = tmp_path / "collected" / "lines.jsonl"
    path.symlink_to(tmp_path / "target")
    with collecting(tmp_path, {}, "--no-store") as collector:
        push = Push(collector.address, "me", {}, None)
        record = b'{"time":"2026-01-01T00:00:00.000000000Z","level":"info","message":"hello"}'
        push.offer(record, 1)
        until(push.pump)
        until(lambda: "it is a link" in collector.said.read_text())
        path.unlink()
        push.offer(record, 1)
        until(push.pump)
        # Its own words on what was lost may stand there too, when the link went before they came.
        until(lambda: "hello" in [line["message"] for line in collector.records()])
        push.close(0)
        said = collector.end()
        assert [line["message"] for line in collector.records()].count("hello") == 1
    assert f"{path} can't be written (it is a link): lines are lost until it can." in said
    assert "1 line not written to the file" in said
    assert (tmp_path / "target").read_text() == "mine"
