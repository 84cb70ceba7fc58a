"""Workers that live by the real clock, and deliver to a real influxd."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import gevent

from swarmscope import schema
from swarmscope.delivery import Delivery
from swarmscope.recording.reports import pace_of
from swarmscope.settings import Settings
from tests.bench.large.filled import running
from tests.bench.large.timing import say
from tests.bench.played import Load, Worker
from tests.fixtures import influxd
from tests.fixtures.influxd import Influx

ENDPOINTS = 20
"""Of each worker."""


@dataclass(frozen=True)
class Crew:
    """Workers that live, and the influxd that they deliver to: its process *pid*, its *folder*."""

    lives: list["Live"]
    influx: Influx
    pid: int
    folder: Path

    @property
    def seen(self) -> int:
        """Requests that they have handed to delivery."""
        return sum(live.seen for live in self.lives)

    @property
    def late(self) -> int:
        """Seconds of theirs that took longer than one."""
        return sum(live.late for live in self.lives)


class Live:
    """A worker by the real clock: it delivers to *influx* at the pace of *told* workers."""

    def __init__(self, influx: Influx, folder: Path, load: Load, index: int, *, told: int) -> None:
        env = {"INFLUXDB_V2_URL": influx.url, "INFLUXDB_V2_TOKEN": influx.token}
        env |= {"INFLUXDB_V2_ORG": influx.org, "SWARMSCOPE_SPOOL_DIR": str(folder / str(index))}
        self.delivery = Delivery(Settings.from_env(env))
        self.delivery.start()
        self.delivery.pace(pace_of(told))
        self._worker = Worker(load, index, self.delivery)
        self._greenlet = gevent.spawn(self._live)
        self.late = 0
        """Seconds that took longer than one."""

    def _live(self) -> None:
        while True:
            # Its own clock says when requests come; the real one, when a second is over.
            gevent.sleep(max(0.0, self._worker.now + 1 - time.time()))
            self._worker.second()
            self.late += time.time() > self._worker.now + 1

    @property
    def seen(self) -> int:
        """Requests that were handed to delivery."""
        return self._worker.session.account.requests_seen

    def end(self) -> None:
        """Send what is left, and go."""
        self._greenlet.kill()
        self.delivery.flush(10)
        self.delivery.close()


@contextmanager
def crew(
    workers: int, rate: int, seconds: int, *, told: int, options: Sequence[str] = ()
) -> Iterator[Crew]:
    """Let so many *workers* live, with *rate* requests a second each, looked at for *seconds*.

    They deliver at the pace of *told* workers, to an influxd with these *options*.
    """
    with TemporaryDirectory() as name, running(Path(name), options) as (url, process):
        influx = influxd.set_up(url)
        for bucket in (schema.BUCKET, schema.BUCKET_LONG):
            influx.make_bucket(bucket)
        load = Load(ENDPOINTS, workers, rate, seconds, start=int(time.time()) + 1)
        lives = [Live(influx, Path(name), load, index, told=told) for index in range(workers)]
        say(f"{workers} workers with {ENDPOINTS} endpoints each, looked at for {seconds} s …")
        yield Crew(lives, influx, process.pid, Path(name))
        for live in lives:
            live.end()
