"""Points of what the master merges of its workers' reports."""

from collections.abc import Iterable, Iterator

from swarmscope import line_protocol, schema
from swarmscope.recording import histogram
from swarmscope.recording.points import Encoder, binary, rounded, totals
from swarmscope.recording.tally import Key, Tally


class MergedEncoder(Encoder):
    """Encodes the merged series and the summaries of one run."""

    def merged(
        self, key: Key, tally: Tally, seconds: int, time_ns: int, *, coarse: bool = False
    ) -> Iterator[str]:
        """Yield both points of what all workers had of an endpoint in so many *seconds*.

        *coarse*: in 4 % buckets.
        """
        series = self._endpoint(schema.LOCUST_MERGED_STATS.name, key)
        yield f"{series} {totals(tally, seconds)} {time_ns}"
        if tally.timed:
            times = tally.histogram
            yield self._histogram(schema.LOCUST_MERGED_LATENCY, key, times, time_ns, coarse=coarse)

    def summaries(
        self, tallies: Iterable[tuple[Key, Tally]], seconds: float, time_ns: int
    ) -> Iterator[str]:
        """Yield `locust_summary` of each endpoint in a run that has lasted *seconds*."""
        for key, tally in tallies:
            series = self._endpoint(schema.LOCUST_SUMMARY.name, key)
            yield f"{series} {_summary(tally, seconds)} {time_ns}"


def _summary(tally: Tally, seconds: float) -> str:
    length = line_protocol.in_range(tally.length)
    fields = f"count={tally.count}i,num_failures={tally.failures}i,timed={tally.timed}i"
    fields += f",total_content_length={length}i,seconds={float(seconds)!r}"
    if not tally.timed:
        return fields
    # Within the extremes as they are written: whoever asks the points themselves knows no others.
    shortest, longest = rounded(tally.min), rounded(tally.max)
    fields += f",avg={binary(tally.total / tally.timed)},min={shortest!r},max={longest!r}"
    if not tally.histogram:  # a worker that was killed in its first span took it along
        return fields
    quantiles = schema.SUMMARY_QUANTILES
    reached = histogram.percentiles(tally.histogram, list(quantiles.values()), (shortest, longest))
    return fields + "".join(f",{name}={ms!r}" for name, ms in zip(quantiles, reached, strict=True))
