"""Whether far fewer requests came than elsewhere in as much time, and not by chance.

What hardly came any more has neither times to compare nor failures: that nothing of it is worse
says nothing.
"""

from collections.abc import Sequence
from statistics import median

from swarmscope.inference.counts import pearson
from swarmscope.inference.distributions import beta_share

Came = tuple[float, float]
"""How many came, and in what: seconds, or all requests of a side."""
_RARELY = 0.001
"""So often at most few come by chance, where one thing is looked at: ten and none do."""
_IN_ALL = 0.01
"""And so often of all that is looked at, however much that is."""


def level_of(looks: int) -> float:
    """Return how rare each of so many *looks* has to be, for all of them to be rare together."""
    return min(_RARELY, _IN_ALL / max(1, looks))


def scatter_of(runs: Sequence[Came], part: float) -> float:
    """Return how many times as widely as by chance *runs* scatter, which is at least once.

    One that has less than such a *part* of what is usual fell itself, and tells nothing of that.
    """
    usual = median(number / within for number, within in runs)
    whole = [one for one in runs if one[0] and one[0] / one[1] >= part * usual]
    return max(1.0, pearson(whole) / (len(whole) - 1)) if len(whole) > 1 else 1.0


def by_chance(few: Came, many: Came, scatter: float = 1.0) -> float:
    """Return how often so *few* or fewer come by chance where both come equally often.

    Exact for Poisson counts: given all that came, those of one side are a binomial sample of them.
    Where they *scatter* more widely, as where one task makes several, each counts as a part of one.
    """
    (number, within), (other, among) = few, many
    return beta_share(among / (within + among), other / scatter, number / scatter + 1)


def fell(few: Came, many: Came, part: float, level: float, scatter: float = 1.0) -> bool:
    """Tell whether *few* are less than such a *part* of *many*, which chance makes so rarely.

    By their rate and by their number: what users do once, as they begin, comes no more often in a
    run that takes longer.
    """
    (number, within), (other, among) = few, many
    if number >= part * other or number * among >= part * other * within:
        return False
    return by_chance(few, many, scatter) <= level
