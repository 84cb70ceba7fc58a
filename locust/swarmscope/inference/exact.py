"""How often chance alone makes as many of one side's requests fail, exactly and of any number.

A test of counts takes them for Poisson's, which is on the safe side where many requests fail, and
by far: of eight and eight it takes all of one side for no wonder (docs/decisions/037-duet.md).
"""

from math import exp, lgamma

_NEXT_TO_NOTHING = 1e-12


def by_chance(base: tuple[int, int], new: tuple[int, int]) -> float:
    """Return how often *new* has as many failures of its requests or more, where neither differs.

    Fisher's exact test, to this side: given how many failed in all, those of the new side are as
    drawn without putting back. Where no larger share of it failed any chance explains it: 1.
    """
    (before, of), (after, among) = base, new
    if after * of <= before * among:
        return 1.0
    failures, requests = before + after, of + among
    term = exp(
        _ways(failures, after) + _ways(requests - failures, among - after) - _ways(requests, among)
    )
    found = 0.0
    # From a larger share than that of all on they become fewer and fewer.
    for many in range(after, min(failures, among) + 1):
        found += term
        if term <= found * _NEXT_TO_NOTHING:
            break
        left = requests - failures - among + many + 1
        term *= (failures - many) * (among - many) / ((many + 1) * left)
    return min(1.0, found)


def _ways(of: int, many: int) -> float:
    """Return the logarithm of in how many ways so many are chosen."""
    return lgamma(of + 1) - lgamma(many + 1) - lgamma(of - many + 1)
