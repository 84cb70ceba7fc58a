"""Spools whose files somebody cuts off or removes while a worker writes to them."""

import logging
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.spools import leave, sources

from swarmscope.delivery import Delivery
from swarmscope.delivery.outbox import Outbox
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Spool

CACHE = 2 * 2**20
"""Bytes of a spool that SQLite keeps in memory."""


def batch(requests: int, size: int = 10) -> Batch:
    noise = os.urandom(size).hex()
    return Batch("loadtest", "r", requests, [f'locust_stats,run=r count={requests}i,n="{noise}" 1'])


def cut(path: Path) -> None:
    os.truncate(path, 0)


def files(folder: Path, part: str) -> list[Path]:
    (path,) = folder.glob("*.spool")
    return [path, Path(f"{path}-wal")] if part == "all" else [Path(f"{path}{part}")]


def waiting(outbox: Outbox) -> int:
    return sum(
        load.requests for source in sources(outbox) for load in source.spool.waiting.values()
    )


@pytest.mark.parametrize("harm", [cut, Path.unlink])
@pytest.mark.parametrize("part", ["", "-wal", "all"])
def test_what_is_in_memory_yet_is_on_disk_again_before_the_next_window_is(
    settings: Settings,
    outbox: Outbox,
    caplog: pytest.LogCaptureFixture,
    part: str,
    harm: Callable[[Path], None],
) -> None:
    for number in (1, 2):
        outbox.keep(batch(number))
    for path in files(settings.spool_dir, part):
        harm(path)
    outbox.keep(batch(4))
    assert waiting(outbox) == 7
    assert outbox.losses() == []
    said, then = caplog.messages
    assert said.startswith("Another program cut off, replaced or removed ")
    gone = part != "-wal" and harm is Path.unlink
    assert then.startswith(f"The damaged spool is {'gone: ' if gone else 'set aside as '}")
    assert "What can be read of it (windows: 2) is sent; nothing is lost." in then
    # killed now, the process leaves all of it
    (path,) = settings.spool_dir.glob("*.spool")
    (source,) = sources(outbox)
    copy = settings.spool_dir / "copy"
    for end in ("", "-wal"):
        Path(f"{copy}{end}").write_bytes(Path(f"{path}{end}").read_bytes())
    left = Spool(copy, 10**6, found=True)
    assert left.waiting == source.spool.waiting
    left.close()


def test_what_could_not_be_rescued_is_lost_and_said(
    tmp_path: Path,
    start: Callable[..., Delivery],
    fake: FakeInflux,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake.answer = lambda _: Reply(503)
    delivery = start()
    for number in (1, 2, 4, 8):
        delivery.keep(batch(number, CACHE // 2))
    for path in files(tmp_path / "spool", "all"):
        cut(path)
    delivery.keep(batch(16))
    fake.answer = lambda _: Reply()
    assert delivery.flush(60)
    account = delivery.account("r")
    assert account.requests_lost > 0
    assert account.requests_delivered + account.requests_lost == account.requests_seen == 31
    lost = account.requests_lost
    assert f"{lost} request{'s are' if lost > 1 else ' is'} lost." in caplog.text


def test_what_waits_for_a_store_that_is_away_is_looked_after_at_each_sweep_and_at_the_end(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.keep(batch(1))
    cut(files(settings.spool_dir, "-wal")[0])
    outbox.sweep()
    assert "set aside as" in caplog.text
    cut(files(settings.spool_dir, "-wal")[0])
    outbox.close()
    assert caplog.text.count("set aside as") == 2
    (path,) = settings.spool_dir.glob("*.spool")
    assert Spool(path, 10**6, found=True).batches("loadtest") == 1


def test_what_is_found_damaged_as_it_is_to_be_sent_is_sent_at_once(
    settings: Settings, outbox: Outbox
) -> None:
    """At the end of a run nobody asks a second time."""
    left = leave(settings.spool_dir, batch(1))
    outbox.sweep()
    left.unlink()
    portion = outbox.next("loadtest", 9)
    assert portion
    assert [kept.requests for kept in portion.batches] == [1]


class CutsTheNext(logging.Handler):
    """Cuts the new file off as soon as it is said that there is one."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def emit(self, record: logging.LogRecord) -> None:
        if "set aside as" in record.getMessage():
            cut(files(self._folder, "-wal")[0])


def test_a_window_that_no_file_takes_waits_in_memory(
    settings: Settings, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.keep(batch(1))
    cut(files(settings.spool_dir, "-wal")[0])
    handler = CutsTheNext(settings.spool_dir)
    logger = logging.getLogger("swarmscope.delivery.source")
    logger.addHandler(handler)
    try:
        outbox.keep(batch(2))
    finally:
        logger.removeHandler(handler)
    assert "Windows wait in memory (32 MiB at most) until they are sent" in caplog.text
    outbox.sweep()
    assert (waiting(outbox), outbox.losses()) == (3, [])
    assert sources(outbox)[-1].file


STRIKES: tuple[Callable[[Path, float], object], ...] = (
    lambda path, share: os.truncate(path, int(path.stat().st_size * share)),
    lambda path, _: path.unlink(),
    lambda path, _: path.rename(f"{path}.gone"),
)


def strike(folder: Path, rnd: random.Random) -> None:
    """Do something to a file of a spool, if there is one."""
    found = [path for path in sorted(folder.iterdir()) if path.suffix not in (".corrupt", ".gone")]
    if found:
        rnd.choice(STRIKES)(rnd.choice(found), rnd.random())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_and_when_each_request_is_sent_once_or_counted(
    settings: Settings, outbox: Outbox, seed: int
) -> None:
    rnd = random.Random(seed)
    kept = sent = lost = 0

    def send() -> bool:
        nonlocal sent, lost
        portion = outbox.next("loadtest", rnd.choice((1, 9)))
        if portion:
            sent += sum(kept.requests for kept in portion.batches)
            outbox.forget(portion)
        lost += sum(loss.requests for loss in outbox.losses())
        return portion is not None

    for _ in range(100):
        if rnd.random() < 0.2:
            strike(settings.spool_dir, rnd)
        what = rnd.random()
        if what < 0.7:
            kept += 3
            outbox.keep(batch(3, rnd.choice((10, 10, 10_000, CACHE // 8))))
        elif what < 0.85:
            send()
        elif what < 0.95:
            outbox.next("loadtest", 1)  # on its way, until it is put back
        else:
            outbox.sweep()
    while send():
        pass
    assert (sent + lost, waiting(outbox)) == (kept, 0)
    assert sent > lost


def test_windows_on_their_way_are_neither_sent_twice_nor_lost(
    settings: Settings, outbox: Outbox
) -> None:
    for number in (1, 2):
        outbox.keep(batch(number))
    portion = outbox.next("loadtest", 1)
    assert portion
    cut(files(settings.spool_dir, "-wal")[0])
    outbox.keep(batch(4))
    outbox.forget(portion)
    assert (waiting(outbox), outbox.losses()) == (6, [])
    assert len(sources(outbox)) == 2
