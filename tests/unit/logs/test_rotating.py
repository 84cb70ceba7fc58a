"""Rotated files: by size, by time, with a limited number of old ones."""

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from swarmscope.logs import rotating
from swarmscope.logs.rotating import RotatingFile

HOUR = 3_600.0


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    at = [1_763_740_000.0]
    monkeypatch.setattr(rotating, "time", lambda: at[0])
    return at


def make(path: Path, *, max_bytes: int = 10**6, keep: int = 3) -> RotatingFile:
    return RotatingFile(path, max_bytes=max_bytes, every=HOUR, keep=keep)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in [*sorted(folder.glob("x.*")), folder / "x"])


def test_lines_are_appended_also_by_the_next_process(tmp_path: Path, now: list[float]) -> None:
    for text in (b"1\n", b"2\n"):
        file = make(tmp_path / "deep" / "x")
        file.write(text)
        os.utime(file.path, (now[0], now[0]))
        file.close()
    assert (tmp_path / "deep" / "x").read_bytes() == b"1\n2\n"


def test_a_file_begins_anew_before_it_is_too_large(tmp_path: Path, now: list[float]) -> None:
    file = make(tmp_path / "x", max_bytes=10, keep=99)
    for number in range(5):
        file.write(b"%04d\n" % number)
        now[0] += 1
    assert [path.stat().st_size for path in sorted(tmp_path.iterdir())] == [5, 10, 10]
    assert everything(tmp_path) == b"0000\n0001\n0002\n0003\n0004\n"


def test_a_file_begins_anew_when_its_time_is_over(tmp_path: Path, now: list[float]) -> None:
    file = make(tmp_path / "x")
    file.write(b"before\n")
    now[0] += HOUR
    file.write(b"after\n")
    assert (tmp_path / "x").read_bytes() == b"after\n"
    (old,) = tmp_path.glob("x.*")
    assert old.read_bytes() == b"before\n"


def test_an_old_file_of_another_day_begins_anew_at_once(tmp_path: Path, now: list[float]) -> None:
    (tmp_path / "x").write_bytes(b"yesterday\n")
    os.utime(tmp_path / "x", (now[0] - 24 * HOUR,) * 2)
    make(tmp_path / "x").write(b"today\n")
    assert (tmp_path / "x").read_bytes() == b"today\n"


def test_only_so_many_old_ones_stay_and_others_files_too(tmp_path: Path, now: list[float]) -> None:
    (tmp_path / "x.txt").write_text("mine")
    file = make(tmp_path / "x", max_bytes=1, keep=2)
    for number in range(6):
        file.write(b"%d\n" % number)
        now[0] += 1
    assert everything(tmp_path) == b"3\n4\nmine5\n"


def test_a_line_that_a_killed_process_cut_stands_alone(tmp_path: Path, now: list[float]) -> None:
    (tmp_path / "x").write_bytes(b'{"time":"20')
    os.utime(tmp_path / "x", (now[0], now[0]))
    make(tmp_path / "x").write(b"whole\n")
    assert (tmp_path / "x").read_bytes() == b'{"time":"20\nwhole\n'


def test_a_disk_that_refuses_is_an_error_and_the_next_line_is_whole(tmp_path: Path) -> None:
    code = f"""
import resource, signal
from pathlib import Path
from swarmscope.logs.rotating import RotatingFile
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
file = RotatingFile(Path({str(tmp_path / "x")!r}), max_bytes=10**6, every=3600, keep=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (6, resource.RLIM_INFINITY))
try:
    file.write(b"1234\\n5678\\n")
except OSError as error:
    print(error.strerror)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
file.write(b"whole\\n")
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "File too large"
    assert (tmp_path / "x").read_bytes() == b"1234\n5\nwhole\n"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
