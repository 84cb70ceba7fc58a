"""Says when delivery stands still, with what each of its threads does, and when it goes on."""

import logging
from collections.abc import Callable, Iterable
from time import monotonic

import gevent

from swarmscope.delivery.lane import PATIENCE, Lane
from swarmscope.delivery.native import NativeThread
from swarmscope.settings import Settings

log = logging.getLogger(__name__)


class Watchdog:
    """Looks after the lanes that *lanes* returns, and the thread for the *disk*."""

    def __init__(
        self, settings: Settings, disk: NativeThread, lanes: Callable[[], Iterable[Lane]]
    ) -> None:
        # Longer than any write may take: a store that doesn't answer is a trouble of another kind.
        self._patience = 1.5 * PATIENCE * settings.timeout_ms / 1_000
        self._kept_in = settings.spool_dir
        self._disk = disk
        self._lanes = lanes
        self._standing: set[str] = set()
        self._greenlet = gevent.spawn(self._run)

    def close(self, *, wait: bool) -> None:
        """Look no more."""
        self._greenlet.kill(block=wait)

    def _run(self) -> None:
        while True:
            gevent.sleep(self._patience / 10)
            for lane in self._lanes():
                still = 0.0 if lane.idle else monotonic() - lane.beat
                if still > self._patience:
                    self._say(lane, still)
                elif lane.bucket in self._standing:
                    self._standing.discard(lane.bucket)
                    log.warning("Delivery to the bucket %s goes on.", lane.bucket)

    def _say(self, lane: Lane, still: float) -> None:
        if lane.bucket in self._standing:
            return
        self._standing.add(lane.bucket)
        threads = [thread for thread in (self._disk, lane.thread) if thread.busy_s]
        log.warning(
            "Delivery to the bucket %s has stood still for %.0f s. The test runs on; windows are "
            "kept in %s, and whoever starts next with this folder sends them. That is a fault of "
            "swarmscope or of the disk: please report it with what follows.%s",
            lane.bucket,
            still,
            self._kept_in,
            "".join(
                f"\n{thread.name}, busy for {thread.busy_s:.0f} s: {thread.doing()}"
                for thread in threads
            )
            or "\nNone of its threads has anything to do.",
        )
