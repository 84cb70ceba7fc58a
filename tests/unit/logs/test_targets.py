"""What lines are written to: files of this user's own, pipes, and what is open already."""

import os
from pathlib import Path

import pytest
from tests.fixtures import odd_files
from tests.fixtures.odd_files import mode

from swarmscope.logs.targets import is_stream, open_target
from swarmscope.own_files import NotOwnError


def written(path: Path, text: bytes) -> bool:
    """Append *text* to *path*; return whether that is a stream."""
    descriptor, stream = open_target(path)
    os.write(descriptor, text)
    os.close(descriptor)
    return stream


def test_a_file_is_made_for_this_user_and_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "lines.log"
    assert not is_stream(path)
    assert not written(path, b"one\n")
    assert not written(path, b"two\n")
    assert path.read_bytes() == b"one\ntwo\n"
    assert mode(path) & 0o077 == 0


@pytest.mark.parametrize(
    "odd",
    [odd_files.link, odd_files.link_to_nowhere, odd_files.hard_link],
    ids=lambda f: f.__name__,
)
def test_what_leads_elsewhere_is_not_followed(tmp_path: Path, odd: object) -> None:
    path = tmp_path / "lines.log"
    odd(path)  # type: ignore[operator]
    with pytest.raises(NotOwnError):
        open_target(path)
    other = path.with_suffix(".other")
    assert not other.exists() or other.read_bytes() == b""


def test_a_pipe_takes_what_somebody_reads_and_nobody_waits_for_him(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert is_stream(path)
    with pytest.raises(OSError, match="nobody reads this pipe"):
        open_target(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    assert written(path, b"line\n")
    assert os.read(reader, 99) == b"line\n"
    os.close(reader)


def test_a_device_is_a_stream() -> None:
    assert is_stream(Path("/dev/null"))


@pytest.mark.parametrize("name", ["/dev/fd/{}", "/proc/self/fd/{}"])
def test_what_is_open_already_is_written_to_whatever_it_is(name: str) -> None:
    out, into = os.pipe()
    path = Path(name.format(into))
    assert is_stream(path)
    assert written(path, b"x")
    assert os.read(out, 9) == b"x"
    os.close(out)
    os.close(into)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/stderr"])
def test_the_terminal_s_names_are_streams(name: str) -> None:
    assert is_stream(Path(name))
    descriptor, stream = open_target(Path(name))
    os.close(descriptor)
    assert stream


def test_a_descriptor_that_is_not_open_is_an_error() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        open_target(Path("/dev/fd/9999"))
