"""Windows or spans of which a master merges what its workers report: held while more may come."""

from math import inf

from swarmscope.recording.tallies import add
from swarmscope.recording.tally import Key, Tally

_KEPT_S = 60
"""How long what was merged is held, for more that comes of it."""


class Stretch:
    """What came in one window or span, by endpoint."""

    def __init__(self) -> None:
        self.tallies: dict[Key, Tally] = {}
        self.unwritten: set[Key] = set()
        self.unsettled: set[Key] = set()
        """Of these nothing is in the summary yet."""
        self.settling = False
        self.touched = 0.0


class Stretches:
    """Windows or spans of *seconds* that more may come of."""

    def __init__(self, seconds: int, most: int) -> None:
        self.seconds = seconds
        self._most = most
        self.open: dict[int, Stretch] = {}
        self._held = 0
        self._gone: tuple[int, int] | None = None

    def add(self, start: int, key: Key, tally: Tally, now: float) -> Stretch | None:
        """Add *tally*; return where, or None: what was written of it is known no longer."""
        start -= start % self.seconds
        stretch = self.open.get(start)
        if stretch is None:
            gone = self._gone and self._gone[0] <= start <= self._gone[1]
            if gone or self._held >= 2 * self._most:
                return None
            stretch = self.open[start] = Stretch()
        self._held += key not in stretch.tallies
        add(stretch.tallies, key, tally)
        stretch.unwritten.add(key)
        stretch.touched = now
        return stretch

    def clear(self) -> None:
        """Hold nothing any more."""
        self.open.clear()
        self._held = 0

    def due(self, until: float) -> list[tuple[int, Stretch]]:
        """Return those that end by *until*, oldest first."""
        return [(s, self.open[s]) for s in sorted(self.open) if s + self.seconds <= until]

    @property
    def _crowded(self) -> float:
        """Up to when all must be written and let go, because there is too much of it."""
        over = self._held - self._most
        for start in sorted(self.open) if over > 0 else ():
            over -= len(self.open[start].tallies)
            if over <= 0:
                return start + self.seconds
        return -inf

    def let_go(self, now: float) -> None:
        """Hold no longer what was written and of which nothing has come for a while."""
        crowded = self._crowded
        for start, stretch in list(self.open.items()):
            old = max(stretch.touched, start + self.seconds) < now - _KEPT_S
            if (old or start < crowded) and not (stretch.unwritten or stretch.unsettled):
                self._held -= len(self.open.pop(start).tallies)
                first, last = self._gone or (start, start)
                self._gone = min(first, start), max(last, start)
