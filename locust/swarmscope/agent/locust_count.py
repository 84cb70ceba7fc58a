"""What Locust counted of one session's requests, held against what the recorder heard of."""

from collections.abc import Iterable, Mapping
from typing import Any

from swarmscope.agent.turns import politely
from swarmscope.agent.witness import NOTHING, Counts, Endpoint, Reading, Witness
from swarmscope.tally import Key
from swarmscope.window import Recorder


class LocustCount:
    """Locust's count of the requests from *since* on, a reading of *witness*."""

    def __init__(self, witness: Witness, since: Reading) -> None:
        self._witness = witness
        self._since = since
        self._until: Reading | None = None
        self._compared: int | None = None
        self.requests = 0
        """How many Locust had counted at the last look."""
        self.unheard = NOTHING
        """How many of them the recorder was never told of: set by `compare`."""

    def leave(self) -> None:
        """Note that the next request is another session's."""
        self._until = self._witness.read()

    def look(self) -> None:
        """Note how many requests there are so far."""
        until = self._witness.requests if self._until is None else self._until.requests
        self.requests = until - self._since.requests

    def compare(self, recorder: Recorder) -> None:
        """Look, and find what *recorder* wasn't told of; both are read in one step.

        Endpoint by endpoint, and failures by themselves: what only the recorder heard of, as an
        event without all of Locust's arguments, must not make up for what only Locust counted.
        """
        self.look()
        if self.requests == self._compared:
            return
        self._compared = self.requests
        until = self._until or self._witness.read()
        heard = recorder.heard()
        counted = _by_key(_between(self._since.each, until.each), recorder)
        self.unheard = Counts(
            *(
                sum(max(0, count[i] - heard.get(key, NOTHING)[i]) for key, count in counted.items())
                for i in range(2)
            )
        )


def without(reading: Reading, early: Iterable[Mapping[str, Any]], forgotten: int) -> Reading:
    """Return *reading* as if none of the *early* requests, and *forgotten* more, had come yet.

    Of the forgotten ones nobody knows the endpoints.
    """
    each = dict(reading.each)
    count = 0
    for request in early:
        count += 1
        endpoint = request.get("name"), request.get("request_type")
        try:
            known = each.get(endpoint, NOTHING)
        except TypeError:
            continue  # it can't be a key, so that Locust has no entry of it either
        each[endpoint] = known.plus(-1, -bool(request.get("exception")))
    return Reading(reading.requests - count - forgotten, each)


def _between(
    since: Mapping[Endpoint, Counts], until: Mapping[Endpoint, Counts]
) -> dict[Endpoint, Counts]:
    counts = {}
    for endpoint in since.keys() | until.keys():
        first, last = since.get(endpoint, NOTHING), until.get(endpoint, NOTHING)
        counts[endpoint] = last.plus(-first.requests, -first.failures)
    return counts


def _by_key(counts: Mapping[Endpoint, Counts], recorder: Recorder) -> dict[Key, Counts]:
    """Add up what the recorder counts together: spellings of one name, names past the limit."""
    added: dict[Key, Counts] = {}
    for (name, method), count in politely(counts.items()):
        if any(count):
            key = recorder.key_of(name, method)
            added[key] = added.get(key, NOTHING).plus(*count)
    return added
