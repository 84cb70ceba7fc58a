"""Workers that live by the real clock, and deliver to a real influxd."""

import time
from pathlib import Path

import gevent

from swarmscope.agent.merges import pace_of
from swarmscope.delivery import Delivery
from swarmscope.settings import Settings
from tests.bench.played import Load, Worker
from tests.fixtures.influxd import Influx


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
