"""Endpoints of which new runs have too few requests for a percentile, but many that are slower.

What has no value is compared with nothing: one request too few, and an endpoint that was far slower
would pass without a word.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from swarmscope.comparison.numbers import Numbers
from swarmscope.gate.metrics import Percentile, Unit
from swarmscope.gate.values import needed, surely_above
from swarmscope.gate.verdict import endpoint_or_all, shown
from swarmscope.inference.counts import RateRatio
from swarmscope.inference.distributions import beta_share
from swarmscope.inference.fewer import level_of
from swarmscope.recording.tally import Key

_OF_EACH = (Percentile(50), Percentile(95))


@dataclass(frozen=True)
class Slower:
    """An *endpoint* of which new runs *have* so few *requests*, and so many of them *slow* ones."""

    endpoint: Key
    metric: Percentile
    have: str
    slow: int
    requests: int
    limit: float
    """Longer than that, ms: than the percentile of any run of the base, by what must be seen."""

    def __str__(self) -> str:
        """Return it as people say it."""
        return (
            f"{self.have} fewer requests of {endpoint_or_all(self.endpoint)} than {self.metric} "
            f"takes ({needed(self.metric)}), but {self.slow:,} of {self.requests:,} took longer "
            f"than {shown(self.limit, Unit.TIME)}, a larger share than of the base"
        )


@dataclass(frozen=True)
class _Look:
    """One percentile of one endpoint, of one new run that has too few requests or of all such."""

    key: Key
    metric: Percentile
    have: str
    runs: Sequence[Numbers]
    limit: float

    def slow(self, runs: Sequence[Numbers]) -> tuple[tuple[int, int], ...]:
        """Return how many requests of each run took surely longer, and how many there are."""
        tallies = [one.tallies[self.key] for one in runs if self.key in one.tallies]
        return tuple((surely_above(one, self.limit), one.timed) for one in tallies if one.timed)


def slower(
    base: Sequence[Numbers],
    new: Sequence[Numbers],
    history: Sequence[Numbers],
    keys: Collection[Key],
    must_see: float,
) -> tuple[Slower, ...]:
    """Return each of the endpoints *keys* that is slower in new runs that can't tell a percentile.

    That takes two things which chance hardly does: more of their requests took longer than the
    percentile lets, by *must_see* than of any run of the base, and a larger share than of the base.
    """
    looks = [
        look
        for key in sorted(keys)
        for metric in _OF_EACH
        for look in _looks(base, new, key, metric, must_see)
    ]
    level = level_of(len(looks))
    found: dict[Key, Slower] = {}
    for look in looks:
        if look.key not in found and _is_slower(look, base, history, level):
            slow, of = map(sum, zip(*look.slow(look.runs), strict=True))
            found[look.key] = Slower(look.key, look.metric, look.have, slow, of, look.limit)
    return tuple(found.values())


def _looks(
    base: Sequence[Numbers], new: Sequence[Numbers], key: Key, metric: Percentile, must_see: float
) -> Iterator[_Look]:
    values = [value for one in base if (value := one.value(key, metric)) is not None]
    few = [one for one in new if _has_too_few(one, key, metric)]
    if not values or not few:
        return
    limit = max(values) * (1 + must_see)
    if len(few) > 1:
        yield _Look(key, metric, f"{len(few)} new runs have", few, limit)
    for one in few:
        yield _Look(key, metric, f"run {one.run} has", [one], limit)


def _has_too_few(one: Numbers, key: Key, metric: Percentile) -> bool:
    tally = one.tallies.get(key)
    return tally is not None and 0 < tally.timed < needed(metric)


def _is_slower(
    look: _Look, base: Sequence[Numbers], history: Sequence[Numbers], level: float
) -> bool:
    each = look.slow(look.runs)
    slow, of = map(sum, zip(*each, strict=True))
    # So many or more, if each were beyond the percentile as often as it lets.
    if beta_share(1 - look.metric.percent / 100, slow, of - slow + 1) > level:
        return False
    # Of few runs the percentile itself is known roughly, and slow requests come in bursts.
    shares = RateRatio(look.slow(base), each, look.slow(history), 0)
    return shares.ratio > 1 and shares.p / 2 <= level
