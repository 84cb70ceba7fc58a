"""A last word after everything is closed: sent at once, or kept for whoever starts next."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.spools import files_of_at_most

from swarmscope.delivery.late import LastWord
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Spool
from swarmscope.spool.file import SpoolFile

LINES = ["locust_worker final=false 1", "locust_worker final=true 2"]
WORD = Batch("loadtest", "run-1", 3, LINES)


@pytest.fixture
def settings(fake: FakeInflux, tmp_path: Path) -> Settings:
    return Settings(url=fake.url, spool_dir=tmp_path / "spool", token="good", timeout_ms=5_000)


def left(settings: Settings) -> list[Batch]:
    """Return what the next start finds."""
    found: list[Batch] = []
    for file in SpoolFile.orphans(settings.spool_dir):
        spool = Spool(file.path, 10**6)
        found += [kept.batch() for kept in spool.oldest(WORD.bucket, 9)]
        spool.close()
        file.release(remove=False)
    return found


def test_what_the_store_takes_leaves_nothing(settings: Settings, fake: FakeInflux):
    fake.tokens = {"good"}
    assert LastWord(settings, WORD).send()
    assert (fake.lines, fake.buckets, fake.asked) == (LINES, [WORD.bucket], 1)
    assert not list(settings.spool_dir.iterdir())


@pytest.mark.parametrize("reply", [Reply(503, "busy"), Reply(401, "who?"), Reply(400, "parse")])
def test_what_it_does_not_take_is_tried_once_and_kept(
    settings: Settings, fake: FakeInflux, reply: Reply
):
    fake.answer = lambda _: reply
    word = LastWord(settings, WORD)
    assert not word.send()
    assert fake.asked == 1
    assert word.kept
    assert left(settings) == [WORD]


def test_without_a_disk_it_is_sent_all_the_same_and_said_to_be_in_danger(
    settings: Settings, fake: FakeInflux, caplog: pytest.LogCaptureFixture
):
    settings.spool_dir.write_text("in the way")
    word = LastWord(settings, WORD)
    assert word.send()
    assert not word.kept
    assert fake.lines == LINES
    (said,) = caplog.messages
    assert said.startswith(f"The spool {settings.spool_dir} can't be used: ")
    assert said.endswith(" What is still to be said is lost unless the store takes it now.")


def test_on_a_full_disk_it_is_sent_all_the_same(settings: Settings, fake: FakeInflux):
    """There is room for the spool's file, and none for what is to be said."""
    lines = [f"locust_worker message={random.random()} 1" for _ in range(20_000)]
    word = LastWord(settings, replace(WORD, lines=lines))
    with files_of_at_most(100_000):
        assert word.send()
    assert not word.kept
    assert fake.lines == lines
    assert not list(settings.spool_dir.iterdir())
