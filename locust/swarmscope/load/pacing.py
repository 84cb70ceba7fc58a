"""Makes Locust's `constant_pacing` and `constant_throughput` tell of what they leave out.

They wait so that a user's iterations begin at a constant pace. Where one takes longer than that,
the next begins at once, the pace starts anew from there, and nobody hears of the iterations that
should have begun meanwhile. Here they are counted, as dropped; the one that begins late is late by
what is left.
"""

import math
from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

from locust import User, constant_pacing

from swarmscope.load import lateness
from swarmscope.load.arrivals import LATE_S, Counts

_PACED = constant_pacing(1.0).__code__
"""`constant_throughput` returns the same."""
_BEGAN = "_swarmscope_began"


class Paced:
    """What became of the iterations of the users of one class that keep a pace, in this process."""

    def __init__(self, user_class: str) -> None:
        self.user_class = user_class
        self._counts = Counts()

    def note(self, began_ago: float, interval: float) -> float:
        """Note an iteration that began so many seconds ago; return how late the next is, s."""
        ticks = math.floor(began_ago / interval)
        late = began_ago - ticks * interval if ticks else 0.0
        self._counts.due += max(1, ticks)
        self._counts.dropped += max(0, ticks - 1)
        self._counts.late += late > LATE_S
        self._counts.longest_late = max(self._counts.longest_late, late)
        return late

    def take(self) -> Counts:
        """Return what became of them since this was called last."""
        taken, self._counts = self._counts, Counts()
        return taken


def watch(cls: type[User], paced: Callable[[User], Paced]) -> bool:
    """Let users of *cls* tell *paced* of their iterations; return whether they keep a pace."""
    wait_time: Any = cls.wait_time
    if getattr(wait_time, "__code__", None) is not _PACED:
        return hasattr(wait_time, _BEGAN)
    # The only variable of the function that Locust returned: the interval in seconds.
    (interval,) = (cell.cell_contents for cell in wait_time.__closure__)

    @wraps(wait_time)
    def telling(self: User) -> float:
        pause: float = wait_time(self)
        now = monotonic()
        began = getattr(self, _BEGAN, None)
        late = 0.0 if began is None else paced(self).note(now - began, interval)
        setattr(self, _BEGAN, now + pause)
        lateness.begin(now - late)
        return pause

    setattr(telling, _BEGAN, True)
    cls.wait_time = telling
    changed: Any = cls
    start = changed.start

    @wraps(start)
    def expected(self: User, group: Any) -> Any:
        return lateness.expect(start(self, group))

    changed.start = expected
    return True
