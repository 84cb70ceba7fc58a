"""When a lane sends what is new: at once, or several seconds together where that spares the store.

Half of what a worker costs InfluxDB is the write itself, whatever is in it.
"""

import logging
from collections.abc import Callable
from math import floor
from time import monotonic

log = logging.getLogger(__name__)

LONGEST_PACE_S = 10.0
"""Seconds between two writes of what is new, at most."""
_SLOW, _QUICK = 1 / 3, 1 / 12
"""Shares of the pace: answers that take more double it. Those below the other would be quick enough
at half of it, by a factor of two: it mustn't waver."""
_IN_A_ROW = 3
"""Such answers in a row, before the pace changes: one alone may be a pause of the store's."""


class Pace:
    """The pace of one lane to *bucket*; up to a second it is none, and all is sent at once.

    Above that writes are due at fixed moments. *share*, from 0 to 1, says where between two of its
    lane's moments this process's are: four hundred workers mustn't send in the same instant.
    """

    def __init__(self, bucket: str, share: float, clock: Callable[[], float] = monotonic) -> None:
        self._bucket = bucket
        self._share = share
        self._clock = clock
        self._asked = 1.0
        self._slowed = 1
        self._next = 0.0
        self._slow = 0
        self._quick = 0

    def set(self, seconds: float) -> None:
        """Send each so many *seconds* from now on, whatever was learnt of the store."""
        self._asked = min(max(seconds, 1.0), LONGEST_PACE_S)
        self._slowed, self._slow, self._quick = 1, 0, 0
        self._next = 0.0

    @property
    def seconds(self) -> float:
        """How long it is at present."""
        return min(self._asked * self._slowed, LONGEST_PACE_S)

    def left(self) -> float | None:
        """Return in how many seconds what is new is due; None: it always is."""
        return max(0.0, self._next - self._clock()) if self.seconds > 1 else None

    def looked(self) -> None:
        """Note that what is new is on its way, if there was anything: the next is due later."""
        pace = self.seconds
        begin = self._share * pace
        self._next = (floor((self._clock() - begin) / pace) + 1) * pace + begin

    def answered(self, took: float) -> None:
        """Learn from a write of what was new, whose answer *took* so many seconds."""
        pace = self.seconds
        self._slow = self._slow + 1 if took > _SLOW * pace and pace < LONGEST_PACE_S else 0
        self._quick = self._quick + 1 if took < _QUICK * pace and self._slowed > 1 else 0
        if self._slow == _IN_A_ROW:
            self._slowed, self._slow = self._slowed * 2, 0
            log.info(
                "The store takes long to answer (%.1f s, for the bucket %s): it is sent what is "
                "new each %.0f s from now on. All of it is on disk meanwhile.",
                took,
                self._bucket,
                self.seconds,
            )
        elif self._quick == _IN_A_ROW:
            self._slowed, self._quick = self._slowed // 2, 0
