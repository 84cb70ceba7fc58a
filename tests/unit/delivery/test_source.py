"""What is sent from: new spools, those in memory, and what can be read of a damaged one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.spools import files_of_at_most, leave, refuse_deletions

from swarmscope.delivery.leftover import Leftover
from swarmscope.delivery.source import Loss, Source, recovered
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Kept, Load, Spool, SpoolError
from swarmscope.spool.file import SpoolFile

RAW, LONG = "loadtest", "loadtest_long"


def batch(requests: int, run: str = "mine", bucket: str = RAW, size: int = 0) -> Batch:
    line = f'locust_stats,name=/a,run={run} count={requests}i,text="{os.urandom(size).hex()}" 1'
    return Batch(bucket, run, requests, [line] * 2)


def settings(folder: Path, max_bytes: int = 10**6) -> Settings:
    return Settings(url="http://127.0.0.1:9", spool_dir=folder, spool_max_bytes=max_bytes)


def orphan(folder: Path, *batches: Batch) -> SpoolFile:
    leave(folder, *batches)
    (file,) = SpoolFile.orphans(folder)
    return file


def waiting(source: Source, bucket: str = RAW) -> list[int]:
    return [kept.requests for kept in source.spool.oldest(bucket, 10**6)]


def test_what_is_known_of_a_leftover_stays_with_its_new_spool(tmp_path: Path):
    leftover = Leftover()
    memory, disk = Source.in_memory(leftover), Source.on_disk(settings(tmp_path), leftover)
    assert (memory.file, memory.leftover, disk.leftover) == (None, leftover, leftover)
    assert disk.file
    assert disk.file.path.exists()
    disk.close()


def test_a_disk_that_is_full_from_the_start_keeps_no_files(tmp_path: Path):
    with files_of_at_most(0), pytest.raises(SpoolError):
        Source.on_disk(settings(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_is_expendable_makes_room_first(tmp_path: Path):
    source = Source.on_disk(settings(tmp_path, max_bytes=400))
    source.keep(batch(1), frozenset())
    source.keep(batch(2, bucket=LONG), frozenset())
    dropped: list[str] = []
    for number in range(3, 10):
        dropped += [gone.bucket for gone in source.keep(batch(number), frozenset({LONG}))]
    assert dropped[0] == LONG
    assert RAW in dropped
    source.close()


def test_a_discarded_source_takes_its_file_along(tmp_path: Path):
    source = Source.on_disk(settings(tmp_path))
    source.keep(batch(1), frozenset())
    source.discard()
    assert list(tmp_path.iterdir()) == []


def test_memory_that_cannot_be_saved_says_why(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    source = Source.in_memory()
    source.keep(batch(3), frozenset())
    (tmp_path / "file").write_text("in the way")
    source.save(settings(tmp_path / "file"))
    assert f"The spool {tmp_path / 'file'} can't be used" in caplog.text


def test_of_a_damaged_spool_each_run_loses_what_was_neither_sent_nor_read_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    file = SpoolFile.create(tmp_path, "me")
    spool = Spool(file.path, 10**6)
    for one in (batch(1), batch(2), batch(4), batch(8, "other"), batch(16, bucket=LONG)):
        spool.keep(one)
    refuse_deletions(spool)
    spool.forget(spool.oldest(RAW, 2))
    spool._db.execute("UPDATE batch SET body = x'00' WHERE requests IN (2, 8)")
    spool.close()
    source, losses = recovered(settings(tmp_path), file, None, spool)
    assert (waiting(source), waiting(source, LONG)) == ([4], [16])
    assert losses == [Loss("mine", 2, 2), Loss("other", 8, 2)]
    assert "10 requests are lost" in caplog.text
    source.close()


def test_what_was_sent_does_not_come_back_with_an_older_state_of_the_file(tmp_path: Path):
    """That is what is left where somebody cuts the journal off."""
    file = SpoolFile.create(tmp_path, "me")
    spool = Spool(file.path, 10**6)
    for number in (1, 2):
        spool.keep(batch(number))
    spool._db.execute("PRAGMA wal_checkpoint")
    before = file.path.read_bytes()
    spool.forget(spool.oldest(RAW, 1))
    spool.close()
    file.path.write_bytes(before)
    source, losses = recovered(settings(tmp_path), file, None, spool)
    assert (waiting(source), losses) == ([2], [])
    source.close()


def test_of_a_leftover_of_which_nothing_is_known_what_is_dropped_is_lost(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    file = orphan(tmp_path, *(batch(number, f"run-{number}") for number in (5, 6, 7)))
    leftover = Leftover()
    source, losses = recovered(settings(tmp_path, max_bytes=1), file, leftover, None)
    assert (source.leftover, waiting(source)) == (leftover, [7])
    assert losses == [Loss("run-5", 5, 2), Loss("run-6", 6, 2)]
    assert "how many requests are lost is not known" in caplog.text
    source.close()


def test_a_disk_that_fills_up_meanwhile_leaves_all_that_was_read_in_memory(tmp_path: Path):
    file = orphan(tmp_path, batch(1), batch(2, size=100_000), batch(3))
    spool = Spool(file.path, 10**6)
    spool._db.execute("UPDATE batch SET body = x'00' WHERE requests = 3")
    spool.close()
    leftover = Leftover()
    with files_of_at_most(60_000):
        source, losses = recovered(settings(tmp_path), file, leftover, spool)
    assert (source.file, source.leftover) == (None, leftover)
    assert (waiting(source), losses) == ([1, 2], [Loss("mine", 3, 2)])
    assert source.spool.waiting[RAW, "mine"] == Load(3, 4, 2)
    assert {path.suffix for path in tmp_path.iterdir()} == {".corrupt"}


class CutOffBeside(Spool):
    """One beside which the new file is cut off before each window is put there."""

    def rescued(self) -> Iterator[Kept]:
        for kept in super().rescued():
            for path in Path(self.path).parent.glob("*-wal"):
                if not path.name.startswith("me"):
                    os.truncate(path, 0)
            yield kept


def test_a_new_file_that_is_cut_off_meanwhile_is_replaced_as_well(tmp_path: Path):
    """Whoever does so to one file does so to the next."""
    file = SpoolFile.create(tmp_path, "me")
    spool = CutOffBeside(file.path, 10**6)
    for number in (1, 2, 4, 8):
        spool.keep(batch(number))
    source, losses = recovered(settings(tmp_path), file, None, spool)
    assert (waiting(source), losses) == ([1, 2, 4, 8], [])
    assert source.file
    source.close()
    names = sorted(path.suffix for path in tmp_path.iterdir())
    assert names == [".corrupt", ".lock", ".spool"]


def test_without_a_disk_what_was_read_waits_in_memory(tmp_path: Path):
    file = orphan(tmp_path / "old", batch(1))
    (tmp_path / "file").write_text("in the way")
    leftover = Leftover()
    source, losses = recovered(settings(tmp_path / "file"), file, leftover, None)
    assert (source.file, source.leftover) == (None, leftover)
    assert (waiting(source), losses) == ([1], [])


def test_of_a_damaged_spool_that_costs_a_single_request_it_is_said_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    file = orphan(tmp_path, batch(1), batch(2))
    spool = Spool(file.path, 10**6)
    spool._db.execute("UPDATE batch SET body = x'00' WHERE requests = 1")
    spool.close()
    source, losses = recovered(settings(tmp_path), file, None, spool)
    assert losses == [Loss("mine", 1, 2)]
    assert caplog.messages[0].endswith("can be read of it (windows: 1) is sent; 1 request is lost.")
    source.close()
