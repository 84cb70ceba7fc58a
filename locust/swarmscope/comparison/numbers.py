"""What a run came to, endpoint by endpoint: a value for each metric, which is the sample."""

from collections.abc import Mapping
from dataclasses import dataclass

from swarmscope.gate.metrics import Metric
from swarmscope.gate.values import needed, value_of
from swarmscope.recording.tally import Key, Tally
from swarmscope.runs.endpoint_summaries import tallies_of
from swarmscope.store.question import Question, Reader, Table


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
    cut = 0
    if warm_up:
        cut = sums.start + round(warm_up * 1_000)
        sums = reader.ask(Question("endpoint_sums", run, cut, max(cut + 1, sums.stop)))
    return Numbers(run, _seconds(reader, run, sums, cut), tallies_of(reader, run, sums))


def _seconds(reader: Reader, run: str, sums: Table, cut: int) -> float:
    """Return how long *run* was, without what is before *cut*, ms since 1970.

    From its start to its stop, and not from request to request as in tables: a service that
    answers nothing any more would have the rate that it had until then.
    """
    rows, events = sums.records(), reader.ask(Question("run_events", run)).records()
    first = min((int(row["start"]) for row in rows), default=cut)
    last = max((int(row["last"]) + 1_000 for row in rows), default=cut)
    begun = min((row["time"] for row in events if row["event"] == "start"), default=first)
    over = max((row["time"] for row in events if row["event"] == "stop"), default=last)
    return (max(last, over) - min(first, max(cut, begun))) / 1_000
