"""Endpoints that new runs hardly ask any more: of what isn't there nothing can be worse."""

from collections.abc import Sequence
from dataclasses import dataclass

from swarmscope.comparison.numbers import Numbers
from swarmscope.gate.relative import ODD
from swarmscope.gate.verdict import endpoint_or_all
from swarmscope.inference.fewer import Came, fell, level_of, scatter_of
from swarmscope.recording.tally import Key
from swarmscope.words import count_of

_PART = 0.5
"""Of the requests that were made before: with fewer than so many something is missing."""


@dataclass(frozen=True)
class Missed:
    """An *endpoint* of which one new run *has* so few *requests*, or all of them have."""

    endpoint: Key
    has: str
    requests: int
    least: int
    """So many runs of the base have in as much time, but for odd ones."""

    def __str__(self) -> str:
        """Return it as people say it."""
        return (
            f"{self.has} {count_of(self.requests, 'request')} of {endpoint_or_all(self.endpoint)}, "
            f"where runs of the base have {self.least:,} or more in as much time"
        )


@dataclass(frozen=True)
class _Before:
    """What runs had: the *least* a second, the *fewest* but for odd ones, and their *scatter*."""

    least: Came
    fewest: Came
    scatter: float


def missed(
    base: Sequence[Numbers], new: Sequence[Numbers], history: Sequence[Numbers] = ()
) -> tuple[Missed, ...]:
    """Return each endpoint of *base* that one of the *new* runs hardly asks, or all of them do.

    Of hundred comparisons less than one names any where requests come as often as before and each
    by itself, however many endpoints there are; how seldom is counted in docs/verdicts.md.
    """
    before, after, earlier = (
        [one for one in side if one.seconds > 0] for side in (base, new, history)
    )
    sides = [(f"run {one.run} has", [one]) for one in after]
    if len(after) > 1:
        sides.append((f"all {len(after)} new runs together have", after))
    keys = sorted({key for one in before for key in one.tallies})
    known = {key: _before(before, earlier, key) for key in keys}
    had = {key: one for key, one in known.items() if one.fewest[0]}
    level = level_of(len(had) * len(sides))
    found = (_fewest(key, sides, one, level) for key, one in had.items())
    return tuple(one for one in found if one)


def _before(base: Sequence[Numbers], history: Sequence[Numbers], key: Key) -> _Before:
    came = sorted((_came([one], key) for one in base), key=_rate)
    earlier = [_came([one], key) for one in history]
    return _Before(came[0], came[len(came) // ODD], scatter_of([*came, *earlier], _PART))


def _fewest(
    key: Key, sides: Sequence[tuple[str, Sequence[Numbers]]], before: _Before, level: float
) -> Missed | None:
    def fallen_to(came: Came) -> bool:
        # That fewer came may be scatter; that none did is more, where each run had some.
        gone = not came[0] and fell(came, before.least, _PART, level)
        return gone or fell(came, before.fewest, _PART, level, before.scatter)

    sums = [(has, _came(runs, key)) for has, runs in sides]
    fallen = [(has, came) for has, came in sums if fallen_to(came)]
    if not fallen:
        return None
    has, came = min(fallen, key=lambda one: _rate(one[1]))
    requests, seconds = came
    return Missed(key, has, round(requests), round(_rate(before.fewest) * seconds))


def _came(runs: Sequence[Numbers], key: Key) -> Came:
    counted = (one.counted(key) for one in runs)
    return sum(one[1] for one in counted if one), sum(one.seconds for one in runs)


def _rate(came: Came) -> float:
    return came[0] / came[1]
