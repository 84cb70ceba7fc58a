"""Response times from the intended start of requests, beside those that Locust measures.

A user that works when it should, by a rate or a pace, and begins late because the generator was
busy or the last answer slow, measures less than whoever asked at the right time would have waited
(coordinated omission: Tene, "How NOT to Measure Latency", 2013). What it began late is added here,
to a histogram of its own: the service time stays what it is.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from swarmscope.recording import histogram
from swarmscope.recording.points import Encoder
from swarmscope.recording.spans import Growing
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key, milliseconds

Buckets = Counter[int]


class Intended:
    """The response times of a run's requests on one worker, from when they should have begun.

    *late* returns by how many ms the request that is being told of began late, and None where
    nobody says when it should.
    """

    def __init__(self, late: Callable[[], float | None]) -> None:
        self._late = late
        self._buckets: Growing[Buckets] = Growing(Counter, Counter.update)

    def add(
        self, _at: float, key: Key, _method: object, _name: object, ms: Any, *_: object
    ) -> None:
        """Take a request that took *ms*. Never raises."""
        late = self._late()
        if late is None:
            return
        took = milliseconds(ms)
        if took is None:
            return
        bucket = histogram.index(took + late)
        for one in (key, AGGREGATED):
            self._buckets.of(one)[bucket] += 1

    def lines(self, encoder: Encoder, start: int) -> Iterator[str]:
        """Yield `locust_intended_latency` of what came since, of the span begun at *start*."""
        for key, whole in self._buckets.take(start):
            yield encoder.intended(key, whole, start)
