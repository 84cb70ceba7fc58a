"""How far this worker's clock is from the master's, by round trips over Locust's own channel."""

from collections import deque

_KEPT = 16


class Offset:
    """Estimates an offset as NTP does (RFC 5905): the quickest round trip knows best."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=_KEPT)

    def add(self, sent: float, master: float, received: float) -> None:
        """Take in one round trip; all in seconds since the epoch, *master* on its own clock."""
        round_trip = received - sent
        if round_trip >= 0:  # else our clock was stepped in between
            self._samples.append((round_trip, (sent + received) / 2 - master))

    @property
    def ms(self) -> float | None:
        """This worker's clock minus the master's, ms; None before the first round trip."""
        return min(self._samples)[1] * 1000 if self._samples else None
