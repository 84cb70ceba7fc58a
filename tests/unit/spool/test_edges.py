"""A spool at its edges: the last byte, large bodies, broken files, other threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.spools import MANY, large_spool

from swarmscope.spool import IN_MEMORY, Batch, Load, Spool, SpoolError


def batch(text: str, *, lines: int = 1) -> Batch:
    return Batch("loadtest", "run-1", 1, [f"m f={text} {i}" for i in range(lines)])


@pytest.fixture(params=["disk", "memory"])
def spool(request: pytest.FixtureRequest, tmp_path: Path) -> Spool:
    return Spool(tmp_path / "a.spool" if request.param == "disk" else IN_MEMORY, 10**6)


def test_a_file_that_breaks_while_it_is_read_is_named(tmp_path: Path):
    spool = Spool(tmp_path / "a.spool", 10**6)
    spool.keep(batch("1"))
    spool._db.execute("DROP TABLE batch")
    with pytest.raises(SpoolError, match=r"a\.spool can't be used"):
        spool.oldest("loadtest", 9)


def test_a_spool_may_be_used_in_another_thread_than_made_it(spool: Spool):
    with ThreadPoolExecutor(1) as thread:
        thread.submit(spool.keep, batch("1")).result()
    assert len(spool.oldest("loadtest", 9)) == 1


def test_a_spool_is_full_at_its_last_byte(tmp_path: Path):
    two = Spool(tmp_path / "measured.spool", 10**6)
    for _ in range(2):
        two.keep(batch("1"))
    for short, dropped in ((0, 0), (1, 1)):
        spool = Spool(tmp_path / f"{short}.spool", two.bytes - short)
        spool.keep(batch("1"))
        assert len(spool.keep(batch("1"))) == dropped
        assert spool.bytes <= two.bytes - short


def test_a_large_body_is_intact_too(spool: Spool):
    spool.keep(batch("1", lines=50_000))
    (kept,) = spool.oldest("loadtest", 1)
    assert kept.intact()
    assert not replace(kept, body=kept.body[:-1]).intact()


@pytest.mark.parametrize(("size", "batches"), [(2 * 2**20, 2), (2 * 2**20 + 1, 1), (5 * 2**20, 1)])
def test_one_write_has_four_mebibytes_at_most_but_always_a_batch(
    spool: Spool, size: int, batches: int
):
    for number in range(3):
        spool.keep(batch(str(number)))
    spool._db.execute("UPDATE batch SET body = zeroblob(?)", (size,))
    assert len(spool.oldest("loadtest", 9)) == batches


@pytest.mark.release
@pytest.mark.long
def test_a_large_spool_that_another_process_left_is_read_to_its_end(tmp_path: Path):
    """How long that may take goes with its size: a long outage fills a large one."""
    path = large_spool(tmp_path / "a.spool")
    found = Spool(path, 2**30, found=True)
    assert found.waiting == {("loadtest", "r"): Load(2 * MANY, MANY, MANY)}
    assert found.bytes == 60 * MANY


def test_what_was_kept_is_the_batch_that_it_was(spool: Spool):
    one = Batch("loadtest", "r", 7, ["m f=1 1", "m f=2 2"])
    spool.keep(one)
    (kept,) = spool.oldest("loadtest", 9)
    assert kept.batch() == one


def test_a_flipped_bit_in_the_name_of_a_run_stops_nothing(spool: Spool):
    """SQLite doesn't notice it either."""
    spool.keep(batch("1"))
    spool._db.execute("UPDATE batch SET run = 'rtn-1'")
    (kept,) = spool.oldest("loadtest", 9)
    spool.forget([kept])
    assert (kept.run, spool.batches("loadtest"), spool.bytes) == ("rtn-1", 0, 0)
