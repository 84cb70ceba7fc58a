"""The few distributions that tests and intervals need, from scipy.

It is imported when the first is asked: that takes longer than most commands, and most of them
compare nothing.
"""

from functools import cache
from math import inf
from typing import Any


@cache
def _special() -> Any:
    from scipy import special  # noqa: PLC0415 - see above

    return special


def student_quantile(share: float, degrees: float) -> float:
    """Return what Student's t, of so many *degrees* of freedom, stays below with that *share*."""
    return float(_special().stdtrit(degrees, share))


def student_p(t: float, degrees: float) -> float:
    """Return how often Student's t is as far from 0 as *t*, on either side."""
    return 2 * float(_special().stdtr(degrees, -abs(t)))


def normal_quantile(share: float) -> float:
    """Return what a standard normal deviate stays below with that *share*."""
    return float(_special().ndtri(share))


def beta_share(below: float, a: float, b: float) -> float:
    """Return how often a beta variate is at most *below*; with a or b of 0 it is 0 or 1."""
    if a <= 0:
        return 1.0
    if b <= 0:
        return 0.0
    return float(_special().betainc(a, b, below))


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return what a beta variate stays below with that *share*; with a or b of 0 it is 0 or 1."""
    if a <= 0:
        return 0.0
    if b <= 0:
        return 1.0
    return float(_special().betaincinv(a, b, share))


def gamma_quantile(share: float, a: float) -> float:
    """Return what a gamma variate (scale 1) stays below with that *share*; of an a of 0, 0."""
    if a <= 0:
        return 0.0
    return float(_special().gammaincinv(a, share)) if share < 1 else inf
