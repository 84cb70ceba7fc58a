"""Comparing runs: which, whether they may be, and what their numbers come to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from swarmscope.baselines.comparable import unlike
from swarmscope.baselines.kept import MOST_RUNS
from swarmscope.baselines.named import Named
from swarmscope.comparison.compared import Comparison, Row
from swarmscope.comparison.missed import missed
from swarmscope.comparison.numbers import Numbers, numbers_of
from swarmscope.comparison.slower import slower
from swarmscope.errors import ConfigurationError, ExitCode, SwarmscopeError
from swarmscope.gate.metrics import Metric, Unit, named
from swarmscope.gate.values import needed
from swarmscope.inference.comparison import Answer, CountSample, Difference, Sample, compare
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key
from swarmscope.runs.doubts import doubts_of_run
from swarmscope.store.question import Reader
from swarmscope.words import some_of

_FAILURE_RATE = "failure_rate"
_OF_EACH = ("p50", "p95")
_DECIDING = ("p50", "p95", "requests_per_second")
"""Of all endpoints together."""
_BESIDE = ("p99",)
"""The same, which varies too much between runs to decide."""
_MOST_NAMED = 3


class NotComparableError(SwarmscopeError):
    """Runs that differ in more than the service: nobody can tell what a difference means."""

    exit_code = ExitCode.INCONCLUSIVE


@dataclass(frozen=True)
class Wish:
    """How runs are to be compared; shares are of 1.

    *margin*: what a change must exceed to matter. *must_see*: the change that mustn't go unseen.
    *warm_up*: s left out of the begin of each run. *anyway*: also runs that aren't comparable.
    """

    margin: float = 0.05
    must_see: float = 0.2
    confidence: float = 0.95
    warm_up: float = 0
    anyway: bool = False


Samples = dict[tuple[Key, str], Sample | CountSample]


@dataclass(frozen=True)
class _Sides:
    """The numbers of the runs of both sides, and of earlier ones that tell of the noise."""

    base: Sequence[Numbers]
    new: Sequence[Numbers]
    history: Sequence[Numbers]

    def samples(self, keys: Sequence[Key], names: Sequence[str]) -> Samples:
        """Return those of some metrics, and of failures, of each of some endpoints."""
        samples: Samples = {}
        for key in keys:
            samples |= {(key, name): self.sample(key, name) for name in names}
            samples[key, _FAILURE_RATE] = CountSample(
                _counts(self.base, key), _counts(self.new, key), _counts(self.history, key)
            )
        return samples

    def sample(self, key: Key, name: str) -> Sample:
        """Return that of one metric of one endpoint."""
        metric = named(name)
        return Sample(
            _values(self.base, key, metric),
            _values(self.new, key, metric),
            _values(self.history, key, metric),
            more_is_worse=name != "requests_per_second",
        )


def compare_runs(reader: Reader, base: str, new: str, wish: Wish) -> Comparison:
    """Return how the runs that *new* names compare to those that *base* names.

    Raises:
        ConfigurationError: a run is on both sides.
        NoDataError: there is no such run or baseline, or its data is gone.
        NotComparableError: they differ in more than the service.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    known = Named(reader)
    after, left_out = known.runs(new), tuple[str, ...]()
    before = tuple(run for run in known.runs(base) if run not in after)
    if not before:
        raise ConfigurationError(
            f"{base} and {new} are the same runs.",
            data="Nothing was compared.",
            remedy="Name others on one of the sides.",
        )
    members = known.members(base)
    if members:
        before, left_out = known.alike(base, before, after[0], doubts_of_run)
        if not before:
            raise _not_comparable(left_out)
    # Those beside a baseline's were looked at already.
    doubtful = after if members else (*before, *after)
    reasons = (*_unlike(known, before, after), *_doubts(reader, doubtful))
    if reasons and not wish.anyway:
        raise _not_comparable(reasons)
    earlier = _history(known, before, after)
    base_numbers, new_numbers, history = (
        [numbers_of(reader, run, wish.warm_up) for run in runs] for runs in (before, after, earlier)
    )
    found = compare_numbers(base_numbers, new_numbers, history, wish)
    return replace(found, doubts=reasons, left_out=left_out)


def compare_numbers(
    base: Sequence[Numbers], new: Sequence[Numbers], history: Sequence[Numbers], wish: Wish
) -> Comparison:
    """Return how *new* runs compare to those of *base*; *history* tells of the noise as well."""
    was, now = _keys(base), _keys(new)
    gone = missed(base, new, history)
    others = (was & now) - {one.endpoint for one in gone}
    return Comparison(
        tuple(one.run for one in base),
        tuple(one.run for one in new),
        tuple(_rows(_Sides(base, new, history), was & now, wish)),
        wish.must_see,
        appeared=tuple(sorted(now - was)),
        vanished=tuple(sorted(was - now)),
        missed=gone,
        slower=slower(base, new, history, others, wish.must_see),
    )


def _unlike(known: Named, before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    first = known.made(before[0])
    for run in (*before[1:], *after):
        yield from unlike(first, known.made(run))


def _doubts(reader: Reader, runs: Sequence[str]) -> Iterator[str]:
    for run in runs:
        for doubt in doubts_of_run(reader, run):
            yield f"of {run}, {doubt}"


def _not_comparable(reasons: tuple[str, ...]) -> NotComparableError:
    return NotComparableError(
        f"These runs can't be compared: {'; '.join(some_of(reasons, _MOST_NAMED))}.",
        data="Nothing was compared.",
        remedy="Compare runs of one load in one environment, or say --anyway: then the answer "
        "says what else differs.",
    )


def _history(known: Named, before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Return earlier runs, where the sides alone don't tell how far runs lie apart."""
    if len(before) >= MOST_RUNS:
        return ()
    return known.earlier(known.made(after[0]), (*before, *after), doubts_of_run)


def _keys(side: Sequence[Numbers]) -> set[Key]:
    return {key for one in side for key in one.tallies}


def _rows(sides: _Sides, common: set[Key], wish: Wish) -> Iterator[Row]:
    if AGGREGATED not in common:
        return
    deciding = sides.samples([AGGREGATED], _DECIDING)
    beside: Samples = {(AGGREGATED, name): sides.sample(AGGREGATED, name) for name in _BESIDE}
    # Half of the risk is for those that decide: hundreds of others beside them would widen their
    # intervals until nothing could be seen.
    confidence = 1 - (1 - wish.confidence) / 2
    others = sides.samples(sorted(common - {AGGREGATED}), _OF_EACH)
    for samples in (deciding, beside | others):
        found = compare(samples, margin=wish.margin, confidence=confidence)
        for (key, name), difference in found.items():
            yield _row(key, name, samples[key, name], difference, decides=samples is deciding)


def _row(
    key: Key, name: str, sample: Sample | CountSample, difference: Difference, *, decides: bool
) -> Row:
    if isinstance(sample, CountSample):
        # Of no failure on either side nobody can tell much: it keeps nothing from being decided.
        # That more fail, wherever that is, does.
        told = difference.rose or (decides and difference.answer is not Answer.UNKNOWN)
        rates = (_rate(sample.base), _rate(sample.new))
        return Row(key, name, Unit.SHARE, *rates, difference, decides=told)
    was, now = (median(side) if side else None for side in (sample.base, sample.new))
    metric = named(name)
    said = replace(difference, why=_lacking(metric, sample) or difference.why)
    return Row(key, name, metric.unit, was, now, said, decides=decides)


def _lacking(metric: Metric, sample: Sample) -> str:
    """Return which requests are missing, where no run of a side has enough for a value."""
    sides = (("the baseline", sample.base), ("the new side", sample.new))
    lacking = [side for side, values in sides if not values]
    if not lacking or needed(metric) == 1:
        return ""
    return f"a run of {' and one of '.join(lacking)} with {needed(metric)} requests, for {metric}"


def _values(side: Sequence[Numbers], key: Key, metric: Metric) -> tuple[float, ...]:
    values = (one.value(key, metric) for one in side)
    return tuple(value for value in values if value is not None)


def _counts(side: Sequence[Numbers], key: Key) -> tuple[tuple[int, int], ...]:
    return tuple(one for one in (numbers.counted(key) for numbers in side) if one)


def _rate(counts: Sequence[tuple[int, int]]) -> float | None:
    requests = sum(number for _, number in counts)
    return sum(failures for failures, _ in counts) / requests if requests else None
