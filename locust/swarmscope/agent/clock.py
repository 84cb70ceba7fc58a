"""Clocks: one per run that nothing steps, and how far a worker's is from the master's.

A run's points are timed by the monotonic clock, tied to wall time once, when the run starts: a
clock that is stepped meanwhile moves none of them. Round trips over Locust's own channel compare
the two monotonic clocks, so that neither a step nor a new run makes an old measurement wrong.
"""

import secrets
from collections import deque
from collections.abc import Callable, Mapping
from time import monotonic, time
from typing import Any

from swarmscope import schema

_KEPT = 16
ENOUGH = 4
"""Round trips after which no further one is asked for at once."""
LIMIT_S = schema.CLOCK_LIMIT_MS / 1000
"""A worker further from the master than this is corrected: less is lost in windows of a second."""


class ReferenceClock:
    """The master's clock, by which all points of a run are meant to be timed."""

    def __init__(
        self, clock: Callable[[], float] = monotonic, wall: Callable[[], float] = time
    ) -> None:
        self._clock = clock
        self._wall = wall
        # A master that is started again counts from elsewhere: its readings don't compare.
        self._epoch = secrets.token_hex(4)
        self.anchor()

    def anchor(self) -> None:
        """Tie it to the wall clock as it is now, at the start of a run."""
        self._anchor = self._wall() - self._clock()

    def now(self) -> float:
        """Return the time, s since 1970."""
        return self._clock() + self._anchor

    def ns(self) -> int:
        """Return the time, ns since 1970."""
        return int(self.now() * 1e9)

    def reading(self) -> dict[str, Any]:
        """Return what an answer to a worker's question says of this clock."""
        return {"epoch": self._epoch, "monotonic": self._clock(), "anchor": self._anchor}


class Offset:
    """Compares this process's monotonic clock with the master's, as NTP does (RFC 5905).

    Of the last round trips the quickest knows best: it can be wrong by half its length at most.
    """

    def __init__(
        self, clock: Callable[[], float] = monotonic, wall: Callable[[], float] = time
    ) -> None:
        self._clock = clock
        self._wall = wall
        self._samples: deque[tuple[float, float]] = deque(maxlen=_KEPT)
        self._epoch = ""
        self._anchor = 0.0

    def add(self, sent: float | None, reading: Mapping[str, Any]) -> None:
        """Take in what the master said; *sent* is when it was asked, or None if it wasn't."""
        received = self._clock()
        if reading["epoch"] != self._epoch:
            self._epoch = reading["epoch"]
            self._samples.clear()
        self._anchor = reading["anchor"]
        if sent is not None:
            middle = (sent + received) / 2
            self._samples.append((received - sent, middle - reading["monotonic"]))

    @property
    def settled(self) -> bool:
        """Whether there were enough round trips for one of them to have been quick."""
        return len(self._samples) >= ENOUGH

    def of(self, anchor: float) -> float | None:
        """Return how far a clock that adds *anchor* to the monotonic one is ahead of the master, s.

        None before the first round trip.
        """
        if not self._samples:
            return None
        return min(self._samples)[1] + anchor - self._anchor

    def correction(self, anchor: float) -> float:
        """Return what to take off the times of a run whose clock has *anchor*, s.

        Nothing, unless it is off by more than `LIMIT_S` beyond all doubt: a slow round trip must
        not move the points of a clock that is right.
        """
        ahead = self.of(anchor)
        if ahead is None or not self._surely_off(ahead):
            return 0.0
        return ahead

    def _surely_off(self, ahead: float) -> bool:
        return abs(ahead) - min(self._samples)[0] / 2 > LIMIT_S

    def fields(self, anchor: float, corrected: float) -> dict[str, float]:
        """Return the fields of `locust_worker` for a run's clock that was *corrected* already.

        None while all round trips were too slow to tell an error from none: boards would call a
        clock that is right off, for as long as the run is looked at.
        """
        own = self.of(self._wall() - self._clock())
        error = self.of(anchor)
        if own is None or error is None:
            return {}
        if abs(error) > LIMIT_S and not self._surely_off(error):
            return {}
        return {
            "clock_offset_ms": _ms(own),
            "clock_corrected_ms": _ms(corrected),
            "clock_error_ms": _ms(error),
        }


def _ms(seconds: float) -> float:
    # A microsecond is finer than any round trip: more digits are noise, and cost bytes.
    return round(seconds * 1000, 3)
