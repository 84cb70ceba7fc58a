"""What a run came to, endpoint by endpoint: a value for each metric, which is the sample."""

from collections.abc import Mapping
from dataclasses import dataclass

from swarmscope.gate.metrics import Metric
from swarmscope.gate.values import needed, value_of
from swarmscope.recording.tally import Key, Tally
from swarmscope.runs.endpoint_summaries import tallies_of
from swarmscope.store.question import Question, Reader


@dataclass(frozen=True)
class Numbers:
    """The *tallies* of a *run*'s endpoints, and of all together; it took *seconds*."""

    run: str
    seconds: float
    tallies: Mapping[Key, Tally]

    def value(self, key: Key, metric: Metric) -> float | None:
        """Return *metric* of an endpoint, in its unit; None where there is none, or too little."""
        tally = self.tallies.get(key)
        least = needed(metric)
        if tally is None or (least > 1 and tally.timed < least):
            return None
        return value_of(metric, tally, self.seconds)

    def counted(self, key: Key) -> tuple[int, int] | None:
        """Return the failures and the requests of an endpoint; None where it had none."""
        tally = self.tallies.get(key)
        return (tally.failures, tally.count) if tally and tally.count else None


def numbers_of(reader: Reader, run: str, warm_up: float = 0) -> Numbers:
    """Return the numbers of *run* without its first *warm_up* seconds.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    sums = reader.ask(Question("endpoint_sums", run))
    if warm_up:
        first = sums.start + round(warm_up * 1_000)
        sums = reader.ask(Question("endpoint_sums", run, first, max(first + 1, sums.stop)))
    tallies = tallies_of(reader, run, sums)
    rows = sums.records()
    first = min((int(row["start"]) for row in rows), default=0)
    last = max((int(row["last"]) for row in rows), default=0)
    # From the first second with a request to the end of the last one, as in all tables.
    return Numbers(run, (last - first) / 1_000 + 1, tallies)
