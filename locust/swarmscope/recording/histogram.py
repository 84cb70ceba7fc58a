"""Response-time histograms whose buckets can be added over workers, seconds and endpoints.

Logarithmic buckets with a bounded relative error, as in DDSketch (Masson, Rim, Lee: "DDSketch: a
fast and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019): bucket *i*
holds the response times in (1.02^(i-1), 1.02^i] ms.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil, inf, log2

GROWTH = 1.02
FIRST = -232
"""Index of the lowest bucket: 0.01 ms and less."""
LAST = 1396
"""Index of the highest bucket: 30 years, and no response takes that long. Only buckets in use are
ever written: what lies between the longest of a test and this one costs nothing."""
# Of base 2, because that one takes half the time of a natural logarithm in CPython.
_PER_OCTAVE = 1.0 / log2(GROWTH)
_SMALLEST = GROWTH**FIRST
_TALLEST = GROWTH**LAST


def _name(bound_ms: float) -> str:
    """*bound_ms* in plain decimal notation with four significant digits."""
    digits = f"{bound_ms:.3e}"
    exponent = int(digits[digits.index("e") + 1 :])
    return f"{bound_ms:.{max(0, 3 - exponent)}f}" if exponent < 3 else str(int(float(digits)))


BOUND_NAMES: dict[int, str] = {
    # FIRST - 1 is never filled: it is the zero that lies below the lowest bucket.
    i: _name(GROWTH**i)
    for i in range(FIRST - 2, LAST + 2)
}
"""Bucket index to field name: the upper bound in ms, four significant digits."""
BOUNDS: dict[int, float] = {i: float(name) for i, name in BOUND_NAMES.items()}
"""Bucket index to upper bound in ms: as named, so that every reader interpolates alike."""

_PREFIXES = {
    # Put together once: a second of ten endpoints has a thousand buckets to write.
    step: (
        {i: f",{name}=" for i, name in BOUND_NAMES.items()},
        {
            i: f",{BOUND_NAMES[i - step]}=0i,{name}="
            for i, name in BOUND_NAMES.items()
            if i - step in BOUND_NAMES
        },
    )
    for step in (1, 2)
}
_SMALL = [f"{count}i" for count in range(256)]


def index(ms: float) -> int:
    """Return the bucket of a response time in ms; times out of range go to the first or last.

    NaN has no bucket: the caller keeps it out.
    """
    if ms <= _SMALLEST:
        return FIRST
    if ms >= _TALLEST:
        return LAST
    return ceil(log2(ms) * _PER_OCTAVE)


def buckets(times_ms: Iterable[float]) -> list[int]:
    """Return the bucket of each of *times_ms* (each finite and > 0), in their order.

    A batch at once costs about a third of calling `index` for each.
    """
    found = [ceil(log2(ms) * _PER_OCTAVE) for ms in times_ms]
    if found and (min(found) < FIRST or max(found) > LAST):
        return [max(FIRST, min(LAST, i)) for i in found]
    return found


def coarse(counts: Mapping[int, int]) -> Counter[int]:
    """Pair 2 % buckets to 4 % ones: bucket *i* goes to the even index at or above it."""
    paired: Counter[int] = Counter()
    for i, count in counts.items():
        paired[i + (i & 1)] += count
    return paired


def encode(counts: Mapping[int, int], step: int = 1) -> str:
    """Return *counts* as fields of line protocol, ``1.000=0i,1.020=7i``, by ascending bound.

    The empty lower neighbour of each bucket in use is there as 0: without it, interpolation
    between sparse buckets invents response times that nobody had. *step* is 1 for 2 % buckets and
    2 for `coarse` ones.
    """
    # Half of what it costs to encode a second: parts that are ready, sorted by keys alone.
    after_neighbour, after_gap = _PREFIXES[step]
    parts: list[str] = []
    add = parts.append
    below = None
    for i in sorted(counts):
        count = counts[i]
        add(after_neighbour[i] if i - step == below else after_gap[i])
        add(_SMALL[count] if count < len(_SMALL) else f"{count}i")
        below = i
    return "".join(parts)[1:]


def percentile(
    counts: Mapping[int, int], quantile: float, within: tuple[float, float] | None = None
) -> float:
    """Return the response time in ms below which a share *quantile* (0 to 1) of *counts* lies.

    Linear between the bounds of the bucket in which the rank falls, as Flux's `histogramQuantile`
    and Prometheus' `histogram_quantile` have it; but never outside of *within*, the shortest and
    the longest time that was measured, where these are known.

    Raises:
        ValueError: *counts* is empty.

    """
    return percentiles(counts, [quantile], within)[0]


def percentiles(
    counts: Mapping[int, int],
    quantiles: Sequence[float],
    within: tuple[float, float] | None = None,
) -> list[float]:
    """Return the `percentile` at each of *quantiles*, which ascend.

    Raises:
        ValueError: *counts* is empty.

    """
    total = sum(counts.values())
    if not total:
        raise ValueError("an empty histogram has no percentiles")
    shortest, longest = within or (0.0, inf)
    return [max(shortest, min(longest, ms)) for ms in _interpolated(counts, quantiles, total)]


def _interpolated(
    counts: Mapping[int, int], quantiles: Sequence[float], total: int
) -> Iterator[float]:
    ranks = iter(quantile * total for quantile in quantiles)
    rank = next(ranks, None)
    below = 0
    for i in sorted(counts):
        count = counts[i]
        while rank is not None and count and below + count >= rank:
            lower, upper = BOUNDS[i - 1], BOUNDS[i]
            yield lower + (upper - lower) * max(0.0, rank - below) / count
            rank = next(ranks, None)
        below += count
    while rank is not None:  # a rounded rank past the last
        yield BOUNDS[max(counts)]
        rank = next(ranks, None)
