"""How far a run has come, by what it says itself: up to when all of one that goes on is stored.

A window that ends later still lacks something, and looks like a drop of the load.
"""

from collections.abc import Collection
from dataclasses import dataclass

from swarmscope.recording.reports import pace_of

HEARD_MS = 60_000
"""Of whom nothing came for so long, nothing is waited for."""
GRACE_MS = 3_000
"""How much longer than the pace of its writes a worker is waited for: one that was killed, or is
cut off from the store, holds up the others' windows no longer."""
FINISHED = 2**62
"""The newest time of a worker that said that it was all: nothing of it is missing, ever."""
SETTLED_MS = 2_000
"""After its end a window is whole, where no worker says how far it has come."""


@dataclass(frozen=True)
class Course:
    """What a run says of itself. Lengths are in s, and None where it says none."""

    resolution: int | None = None
    """Of the windows in which it was recorded."""
    spans: int | None = None
    """Of those of its endpoints' histograms."""
    over: bool = False
    """Whether its masters said that it stopped as often as that it started."""


def watermark(told: Collection[int], now: int) -> int:
    """Return up to when all is stored of a run that goes on *now*, in ms.

    *told* are the times of its workers' newest points: with each of them comes all that was counted
    before it. Where all have `FINISHED`, so has the run, whether anybody said so or not.
    """
    if not told:
        return now - SETTLED_MS
    going = [at for at in told if at != FINISHED]
    if not going:
        return FINISHED
    # A clock that is ahead says nothing of the others.
    latest = min(max(going), now)
    patience = GRACE_MS + 1_000 * pace_of(len(going))
    return min(at for at in going if at >= latest - patience)
