"""How many more runs an answer would take."""

from collections.abc import Callable
from math import comb

from swarmscope.words import count_of

MANY = 10
"""Runs of one side from which on their spread is known well enough for an interval of it."""
FEWEST_EARLIER = 5
"""Earlier runs that tell of the noise between runs."""
_MOST = 100


def least_rank_p(base: int, new: int) -> float:
    """Return the smallest p of a rank test, of all runs of one side below all of the other."""
    return min(1.0, 2 / comb(base + new, base))


def for_ranks(base: int, new: int, earlier: int, level: float, *, alone: bool = False) -> str:
    """Return what it takes until a rank test, or another, could come to *level* at all.

    *alone*: no other comes into question, as of a 0, which has no logarithm.
    """
    ways = []
    if min(base, new) > 1 and (more := _fewest(lambda k: least_rank_p(base, new + k) <= level)):
        ways.append(f"{count_of(more, 'more run')} of the new side")
    elif each := _fewest(lambda k: least_rank_p(base + k, new + k) <= level):
        ways.append(f"{count_of(each, 'more run')} of each side")
    if base < MANY and not alone:
        ways.append(f"{count_of(MANY - base, 'more run')} of the baseline")
    if earlier < FEWEST_EARLIER and not alone:
        ways.append(f"{count_of(FEWEST_EARLIER - earlier, 'earlier run')}")
    return " or ".join(ways)


def for_width(base: int, new: int, enough: Callable[[int, int], bool]) -> str:
    """Return how many more runs it takes until *enough* of them narrow the interval: "" if none."""
    if more := _fewest(lambda k: enough(base, new + k)):
        return f"about {count_of(more, 'more run')} of the new side"
    if each := _fewest(lambda k: enough(base + k, new + k)):
        return f"about {count_of(each, 'more run')} of each side"
    return ""


def _fewest(enough: Callable[[int], bool]) -> int:
    """Return the fewest more that are *enough*, 0 where no number below the most is."""
    return next((k for k in range(1, _MOST + 1) if enough(k)), 0)
