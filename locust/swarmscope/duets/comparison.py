"""What a duet comes to: whether B is worse than A, in which time or in its failures, and where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import log

from swarmscope.duets.pairs import Block, Pair
from swarmscope.gate.course import Endpoint
from swarmscope.gate.metrics import Counted, Metric, Percentile, Unit
from swarmscope.gate.values import needed, value_of
from swarmscope.inference.comparison import Answer, CountSample, Difference
from swarmscope.inference.exact import by_chance
from swarmscope.inference.fewer import level_of
from swarmscope.inference.paired import Rates, Ratios, compare_blocks
from swarmscope.recording.tally import Tally

_FEW = 10
"""Requests of a side in a block, of which a mean or a rate says something."""


class Of(StrEnum):
    """What is compared."""

    P50 = "p50"
    P95 = "p95"
    AVG = "avg"
    FAILURES = "failure_rate"


_METRICS: dict[Of, Metric] = {
    Of.P50: Percentile(50),
    Of.P95: Percentile(95),
    Of.AVG: Counted("avg", Unit.TIME),
    Of.FAILURES: Counted("failure_rate", Unit.SHARE),
}


@dataclass(frozen=True)
class Compared:
    """One metric of one endpoint, or of all together: of A, of B, and how they differ."""

    endpoint: Endpoint | None
    of: Of
    a: float | None
    b: float | None
    difference: Difference


def compared(pairs: Sequence[Pair], *, margin: float, confidence: float) -> tuple[Compared, ...]:
    """Compare all together, the first of *pairs*, and then endpoint by endpoint.

    The chance of an alarm where nothing differs is shared by the two, half each: many endpoints
    don't make what is said of all of them any blunter.
    """
    half = (1 + confidence) / 2
    found: list[Compared] = []
    for some in (pairs[:1], pairs[1:]):
        keys = [(i, of) for i in range(len(some)) for of in Of]
        samples = {(i, of): _sample(some[i], of) for i, of in keys}
        differences = compare_blocks(samples, margin=margin, confidence=half)
        found += [_told(some[i], of, differences[i, of]) for i, of in keys]
    return _without_hasty_praise(_none_passed_over(found, pairs))


def _sample(pair: Pair, of: Of) -> Ratios | Rates:
    long = pair.of_at_least(max(_FEW, needed(_METRICS[of])))
    sides = [(_value(of, block.a), _value(of, block.b)) for block in long.blocks]
    both = [(a, b) for a, b in sides if a is not None and b is not None]
    if of is Of.FAILURES:
        base = _value(of, long.together.a) if long.blocks else None
        return Rates(tuple(b - a for a, b in both), long.seconds, base or 0.0)
    # What takes no time at all, as by a clock that stands, has no ratio.
    return Ratios(tuple(log(b / a) for a, b in both if a > 0 and b > 0), long.seconds)


def _value(of: Of, tally: Tally) -> float | None:
    return value_of(_METRICS[of], tally, 1)


def _told(pair: Pair, of: Of, difference: Difference) -> Compared:
    together: Block = pair.together
    return Compared(pair.endpoint, of, _value(of, together.a), _value(of, together.b), difference)


def _none_passed_over(found: Sequence[Compared], pairs: Sequence[Pair]) -> list[Compared]:
    """Call no failures the same that are more of B's than chance makes of single requests.

    Blocks are blind to a rare endpoint, and to what all failed in one of them. But failures that
    come at once are no sample either: that they are B's fault nobody can tell.
    """
    level = level_of(len(pairs))
    risen = {pair.endpoint: why for pair in pairs if (why := _risen(pair.together, level))}
    return [
        replace(
            one,
            difference=replace(
                one.difference, answer=Answer.UNKNOWN, why=risen[one.endpoint], rose=True
            ),
        )
        if one.of is Of.FAILURES
        and one.endpoint in risen
        and one.difference.answer is not Answer.WORSE
        else one
        for one in found
    ]


def _risen(together: Block, level: float) -> str:
    """Return how many of B's failed, where chance hardly makes it so many more than of A's."""
    a, b = ((side.failures, side.count) for side in (together.a, together.b))
    if not a[1] or not b[1] or b[0] / b[1] - a[0] / a[1] <= CountSample.tolerance:
        return ""
    if by_chance(a, b) > level:
        return ""
    return (
        f"{b[0]:,} of {b[1]:,} of B's requests failed and {a[0]:,} of {a[1]:,} of A's, which "
        "chance hardly does; it may be a burst, though"
    )


def _without_hasty_praise(found: Sequence[Compared]) -> tuple[Compared, ...]:
    """Call no time of an endpoint better that fails more: to fail is often quicker."""
    failing = {
        one.endpoint
        for one in found
        if one.of is Of.FAILURES and (one.difference.rose or one.difference.answer is Answer.WORSE)
    }
    return tuple(
        replace(
            one,
            difference=replace(
                one.difference,
                answer=Answer.UNKNOWN,
                why="B fails more, and a failure may be quicker",
            ),
        )
        if one.endpoint in failing and one.difference.answer is Answer.BETTER
        else one
        for one in found
    )
