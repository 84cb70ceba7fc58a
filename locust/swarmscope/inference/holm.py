"""Many endpoints at once: how rare an alarm of any of them must be.

With twenty endpoints at 5 % each, two identical builds would differ in something every second time.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class Corrected:
    """What became of one p among many."""

    p: float
    """Adjusted: at most 1 - confidence if, and only if, it is significant among all of them."""
    level: float
    """The level at which it was tested, and for which its interval is to be asked."""


def attainable(least: Mapping[K, float], level: float) -> set[K]:
    """Return those whose smallest possible p could be significant among the others that could.

    What can't come out whatever was measured shall not cost those their power that can (Tarone, "A
    modified Bonferroni method for discrete data", Biometrics 1990). *least* follows from the
    number of runs and the number of all failures, not from which side had them: so it chooses
    without looking.
    """
    for many in range(1, len(least) + 1):
        able = {key for key, p in least.items() if p <= level / many}
        if len(able) <= many:
            return able
    return set()


def holm(ps: Mapping[K, float], level: float) -> dict[K, Corrected]:
    """Return each of *ps* corrected: the chance of any false alarm is at most *level*.

    Whatever the dependence between endpoints, and always at least as sharp as Bonferroni's (Holm,
    "A simple sequentially rejective multiple test procedure", 1979): the smallest p is held
    against level/n, the next against level/(n - 1), until one is too large; all that follow keep
    the level of that one.
    """
    corrected: dict[K, Corrected] = {}
    largest, tested_at = 0.0, 0.0
    for rank, (key, p) in enumerate(sorted(ps.items(), key=lambda item: item[1])):
        left = len(ps) - rank
        if largest <= level:
            tested_at = level / left
        largest = max(largest, min(1.0, p * left))
        corrected[key] = Corrected(largest, tested_at)
    return corrected
