"""What dead processes left: opened a few at a time, given up where nothing of it can be sent."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.spools import batch, leave

from swarmscope.delivery.adopted import MOST_ADOPTED, Adopted
from swarmscope.delivery.source import Source
from swarmscope.settings import Settings
from swarmscope.spool import Spool
from swarmscope.spool.file import SpoolFile

RAW, LONG = "loadtest", "loadtest_long"
SMALL = 100_000
"""Bytes that a process may keep."""


@pytest.fixture
def amended() -> list[Source]:
    return []


@pytest.fixture
def adopted(tmp_path: Path, amended: list[Source]) -> Iterator[Adopted]:
    settings = Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=SMALL)
    made = Adopted(settings, amended.append)
    yield made
    for source in made.sources:
        source.close()


def swept(adopted: Adopted, *refused: str) -> None:
    while adopted.take_over(frozenset(refused)):
        pass


def test_few_are_open_at_once_and_the_next_follow_those_that_are_sent(
    tmp_path: Path, adopted: Adopted, amended: list[Source]
) -> None:
    for number in range(MOST_ADOPTED + 2):
        leave(tmp_path, batch(str(number)))
    swept(adopted)
    assert len(adopted.sources) == MOST_ADOPTED
    first = adopted.sources[0]
    first.spool.forget(first.spool.oldest(RAW, 9))
    adopted.finish(first)
    assert (amended, first in adopted.sources) == ([first], False)
    assert first.file
    assert not first.file.path.exists()
    swept(adopted)
    assert len(adopted.sources) == MOST_ADOPTED


def test_an_empty_one_is_removed(tmp_path: Path, adopted: Adopted) -> None:
    path = leave(tmp_path)
    swept(adopted)
    assert (adopted.sources, path.exists()) == ([], False)


def test_what_waits_for_a_bucket_that_refuses_is_given_up_until_that_takes_data(
    tmp_path: Path, adopted: Adopted, amended: list[Source]
) -> None:
    path = leave(tmp_path, batch("1", bucket=RAW))
    swept(adopted)
    (source,) = adopted.sources
    source.flying[RAW] = frozenset({1})
    swept(adopted, RAW)
    assert adopted.sources == [source]  # it is being sent
    source.flying.clear()
    swept(adopted, RAW)
    assert (adopted.sources, amended) == ([], [source])
    # nobody has it open
    file = SpoolFile.take(path)
    assert file
    file.release(remove=False)
    swept(adopted)
    assert [one.spool.path for one in adopted.sources] == [path]


def test_one_that_is_open_elsewhere_stays_and_is_said_once(
    tmp_path: Path, adopted: Adopted, caplog: pytest.LogCaptureFixture
) -> None:
    """Another worker whose lock somebody removed, say: two never send from one file."""
    path = leave(tmp_path, batch("1"))
    owner = Spool(path, SMALL)
    for _ in range(2):
        swept(adopted)
    assert adopted.sources == []
    owner.close()
    swept(adopted)
    assert [one.spool.path for one in adopted.sources] == [path]
    assert [said.partition(" Close")[0] for said in caplog.messages] == [
        f"The spool {path} is open in another program."
    ]


def test_what_is_left_for_an_optional_bucket_that_refuses_is_bounded_the_oldest_going_first(
    tmp_path: Path, adopted: Adopted, caplog: pytest.LogCaptureFixture
) -> None:
    left_there = []
    for number in range(20):
        path = leave(tmp_path, batch(str(number), bucket=LONG))
        os.utime(path, (number, number))
        left_there.append(path)
    raw = leave(tmp_path, batch("99"), batch("98", bucket=LONG))
    size = left_there[0].stat().st_size
    swept(adopted, LONG)
    kept = [path for path in left_there if path.exists()]
    assert kept == left_there[-(SMALL // size) :]
    assert raw.exists()
    assert f"Spools of former processes are dropped ({20 - len(kept)})" in caplog.text
    assert "No request is missing" in caplog.text
    swept(adopted, LONG)
    assert caplog.text.count("are dropped") == 1


def test_nothing_is_dropped_that_waits_for_a_bucket_that_must_have_it(tmp_path: Path) -> None:
    settings = Settings(url="http://127.0.0.1:9", spool_dir=tmp_path, spool_max_bytes=1)
    for number in range(10):
        leave(tmp_path, batch(str(number)))
    swept(Adopted(settings, lambda _: None), RAW, LONG)
    assert len(list(tmp_path.glob("gone-*.spool"))) == 10
