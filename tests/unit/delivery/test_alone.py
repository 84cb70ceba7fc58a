"""What is left alone for a bucket that refuses: how much of it stays, and what is said."""

import os
from pathlib import Path

import pytest

from swarmscope.delivery.alone import LeftAlone
from swarmscope.settings import Settings
from swarmscope.spool.file import SpoolFile

LONG = frozenset({"loadtest_long"})
SIZE = 100


def left_alone(folder: Path, max_bytes: int, *suffixes: str) -> tuple[LeftAlone, list[Path]]:
    """Return files of *SIZE* bytes each, the oldest first, and who leaves them alone."""
    alone = LeftAlone(
        Settings(url="http://127.0.0.1:9", spool_dir=folder, spool_max_bytes=max_bytes)
    )
    paths = [folder / f"gone-{suffix}.spool" for suffix in suffixes]
    for time, path in enumerate(paths, 1):
        path.write_bytes(bytes(SIZE))
        os.utime(path, (time, time))
        alone.add(path, LONG)
    return alone, paths


def test_what_may_stay_stays_to_the_last_byte_and_the_oldest_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    alone, (first, second, third) = left_alone(tmp_path, 2 * SIZE, "c", "a", "b")
    alone.prune()
    assert set(alone.paths) == {second, third}
    assert [path.exists() for path in (first, second, third)] == [False, True, True]
    assert caplog.messages == [
        "Spools of former processes are dropped (1), the oldest: all that is in them waits for "
        "loadtest_long, which the store refuses, and together they take more room than "
        "SWARMSCOPE_SPOOL_MAX_BYTES. No request is missing, only points of whole minutes."
    ]


def test_what_another_process_has_taken_meanwhile_is_neither_dropped_nor_said_to_be(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    alone, (path,) = left_alone(tmp_path, 1, "a")
    taken = SpoolFile.take(path)
    assert taken
    alone.prune()
    assert path.exists()
    assert not alone.paths
    assert caplog.messages == []
    taken.release(remove=True)


def test_what_is_gone_meanwhile_takes_no_room(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    alone, (gone, here) = left_alone(tmp_path, SIZE, "a", "b")
    gone.unlink()
    alone.prune()
    assert set(alone.paths) == {gone, here}
    assert caplog.messages == []
