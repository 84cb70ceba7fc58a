"""The spool: on disk before it is sent, bounded, and found again by the next start."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from swarmscope.spool import IN_MEMORY, Batch, Spool, SpoolError, SpoolFile


def batch(text: str, *, requests: int = 1, bucket: str = "loadtest", lines: int = 1) -> Batch:
    return Batch(bucket, "run-1", requests, [f"m f={text} {i}" for i in range(lines)])


@pytest.fixture(params=["disk", "memory"])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Spool:
    return Spool(tmp_path / "a.spool" if request.param == "disk" else IN_MEMORY, 100_000)


def test_batches_come_back_oldest_first_and_whole(spool: Spool):
    for text in ("1", "2", "3"):
        spool.keep(batch(text, requests=7))
    found = spool.oldest(100)
    assert [kept.lines() for kept in found] == [["m f=1 0"], ["m f=2 0"], ["m f=3 0"]]
    assert [(kept.run, kept.requests, kept.points) for kept in found] == [("run-1", 7, 1)] * 3


def test_line_separators_inside_names_do_not_split_lines(spool: Spool):
    spool.keep(Batch("b", "r", 1, ["m,name=a\u2028b\x0bc f=1i 1", "m f=2i 2"]))
    assert len(spool.oldest(10)[0].lines()) == 2


def test_what_is_forgotten_is_not_sent_again(spool: Spool):
    spool.keep(batch("1"))
    spool.keep(batch("2"))
    spool.forget(spool.oldest(1))
    assert [kept.lines() for kept in spool.oldest(9)] == [["m f=2 0"]]


def test_bytes_follow_what_is_kept_and_forgotten(spool: Spool):
    spool.keep(batch("1"))
    assert spool.bytes > 0
    spool.forget(spool.oldest(9))
    assert spool.bytes == 0


def test_one_write_goes_to_one_bucket(spool: Spool):
    spool.keep(batch("1"))
    spool.keep(batch("2", bucket="loadtest_long"))
    spool.keep(batch("3"))
    first = spool.oldest(100)
    assert {kept.bucket for kept in first} == {"loadtest"}
    spool.forget(first)
    assert [kept.bucket for kept in spool.oldest(100)] == ["loadtest_long"]


def test_a_write_holds_no_more_points_than_asked_but_at_least_one_batch(spool: Spool):
    for _ in range(3):
        spool.keep(batch("1", lines=40))
    assert len(spool.oldest(80)) == 2
    assert len(spool.oldest(10)) == 1


def test_keep_drops_the_oldest_batch_when_full(tmp_path: Path):
    small = Spool(tmp_path / "a.spool", 1)
    assert small.keep(batch("1", requests=3)) == []
    (dropped,) = small.keep(batch("2"))
    assert (dropped.requests, dropped.points) == (3, 1)
    assert [kept.lines() for kept in small.oldest(9)] == [["m f=2 0"]]


def test_a_killed_process_leaves_everything_it_kept(tmp_path: Path):
    script = (
        "import sys, os, signal; from swarmscope.spool import *\n"
        "f = SpoolFile.create(__import__('pathlib').Path(sys.argv[1]), 'host')\n"
        "s = Spool(f.path, 10**6)\n"
        "for i in range(50): s.keep(Batch('b', 'r', 1, [f'm f={i} {i}']))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    (orphan,) = SpoolFile.orphans(tmp_path)
    assert len(Spool(orphan.path, 10**6).oldest(1000)) == 50


def test_a_file_in_use_is_nobodys_orphan(tmp_path: Path):
    mine = SpoolFile.create(tmp_path, "host")
    Spool(mine.path, 1000)
    assert SpoolFile.orphans(tmp_path) == []
    mine.release(remove=False)
    assert [orphan.path for orphan in SpoolFile.orphans(tmp_path)] == [mine.path]


def test_an_empty_file_goes_with_its_owner(tmp_path: Path):
    mine = SpoolFile.create(tmp_path, "host")
    Spool(mine.path, 1000).close()
    mine.release(remove=True)
    assert list(tmp_path.iterdir()) == []


def test_a_host_name_cannot_leave_the_folder(tmp_path: Path):
    file = SpoolFile.create(tmp_path / "spool", "../../etc/x")
    assert file.path.parent == tmp_path / "spool"


def test_a_corrupt_file_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "a.spool").write_bytes(b"not a database at all" * 100)
    with pytest.raises(SpoolError, match="SWARMSCOPE_SPOOL_DIR"):
        Spool(tmp_path / "a.spool", 1000)


def test_a_folder_that_cannot_be_made_is_said_with_a_remedy(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SpoolError, match="SWARMSCOPE_SPOOL_DIR"):
        SpoolFile.create(tmp_path / "file" / "spool", "host")


def test_the_folder_is_for_its_owner_only(tmp_path: Path):
    SpoolFile.create(tmp_path / "spool", "host")
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700
