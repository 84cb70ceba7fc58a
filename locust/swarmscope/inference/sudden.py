"""Which run lies outside of those before it: the fast detector, of a single run."""

from collections.abc import Sequence
from math import exp, log
from statistics import fmean

from swarmscope.inference.divisive import Change
from swarmscope.inference.missing import MANY
from swarmscope.inference.shifts import NormalShift


def jumps(
    values: Sequence[float], *, earlier: int = MANY, margin: float = 0.05, confidence: float = 0.99
) -> list[Change]:
    """Return each of *values*, in the order of time, that the *earlier* before it don't foretell.

    It lies outside of their prediction interval, and beyond the *margin* of their mean. Of a
    hundred runs on one level hardly one does, at a *confidence* of 99 %. All are above 0.
    """
    found = []
    for index in range(earlier, len(values)):
        before = [log(value) for value in values[index - earlier : index]]
        shift = NormalShift(before, [log(values[index])])
        if shift.p <= 1 - confidence and not 1 / (1 + margin) < shift.ratio < 1 + margin:
            found.append(Change(index, exp(fmean(before)), values[index], shift.p))
    return found
