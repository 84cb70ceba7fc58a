"""What Locust counted of one session's requests, held against what the recorder heard of."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from swarmscope import schema
from swarmscope.agent.turns import politely
from swarmscope.agent.witness import NOTHING, Counts, Endpoint, Reading, Witness
from swarmscope.recording.endpoint import FOLDED
from swarmscope.recording.tally import Key
from swarmscope.recording.window import Recorder

log = logging.getLogger(__name__)

_Each = dict[Key, Counts]
_PARTS = ("name", "method")


class Late(NamedTuple):
    """What a session heard of and Locust hadn't counted when it ended.

    It may count it yet, since a listener between the two may wait.
    """

    ahead: Mapping[Key, Counts]
    """By what the session counted it under, which may be another key for the next one."""
    counted_as: Callable[[Key], Key]
    """Where that session counted the requests of an endpoint."""


class LocustCount:
    """Locust's count of the requests from *since* on, a reading of *witness*.

    *late* is what is left of the session before.
    """

    def __init__(self, witness: Witness, since: Reading, late: Late | None = None) -> None:
        self._witness = witness
        self._since = since
        self._until: Reading | None = None
        self._late = late
        self._came_late = NOTHING
        self._compared: Counts | None = None
        self._ahead = 0
        self.requests = 0
        """How many Locust had counted at the last look."""
        self.unheard = NOTHING
        """How many of them the recorder was never told of: set by `compare`."""
        self.failures_alone = 0
        """How many failures it counted beyond the requests of their endpoints: the same."""

    @property
    def has_anything(self) -> bool:
        """Whether Locust counted anything at all."""
        return bool(self.requests or any(self.unheard) or self.failures_alone)

    def fields(self, *, final: bool) -> Mapping[str, int]:
        """Return what `locust_worker` says of it; at the end, what a comparison found as well."""
        told = {schema.REQUESTS_LOCUST: self.requests}
        if final:
            told[schema.REQUESTS_UNHEARD] = self.unheard.requests
            told[schema.FAILURES_UNHEARD] = self.unheard.failures
            told[schema.FAILURES_ALONE] = self.failures_alone
        return told

    def leave(self, recorder: Recorder) -> Late:
        """Note that the next request is another session's; return what Locust may count yet."""
        until = self._until = self._witness.read()
        heard = _heard(recorder)
        counted = _by_key(_between(self._since.each, until.each).items(), recorder)
        ahead = {key: its.above(counted.get(key, NOTHING)) for key, its in heard.items()}
        return Late({key: its for key, its in ahead.items() if any(its)}, recorder.cells.counted_as)

    def look(self) -> Counts:
        """Note how many requests there are so far; return them with their failures."""
        until = self._witness.total if self._until is None else self._until.total
        total = until.minus(self._since.total)
        self.requests = total.requests - self._came_late.requests
        return total

    def has_more(self) -> bool:
        """Whether Locust counted anything since the last comparison."""
        return self.look() != self._compared

    def compare(self, recorder: Recorder) -> bool:
        """Look, and find what *recorder* wasn't told of; both are read in one step.

        Endpoint by endpoint, and failures by themselves: what only the recorder heard of, as an
        event without all of Locust's arguments, must not make up for what only Locust counted.
        Returns whether there is more, or less, of that than before.
        """
        before = self._ahead, self.unheard, self.failures_alone
        total = self.look()
        if total != self._compared:
            until = self._until or self._witness.read()
            heard = _heard(recorder)
            self._compared = total
            between = _between(self._since.each, until.each)
            counted = _by_key(politely(between.items()), recorder)
            if self._late:
                self._came_late = _that_came(self._late, counted, heard, recorder.cells.counted_as)
            self.requests = total.requests - self._came_late.requests
            self.unheard = _unheard(counted, heard, total.minus(self._came_late))
            # Locust's total may know of more than its entries.
            self._ahead = max(0, self.requests - sum(its.requests for its in heard.values()))
            self.failures_alone = sum(max(0, c.failures - c.requests) for c in counted.values())
        return (self._ahead, self.unheard, self.failures_alone) != before


class Looks:
    """Looks at Locust's count, which mustn't cost us ours."""

    def __init__(self) -> None:
        self.failed = False
        """Whether one did: then nobody knows what passed by."""

    def at(self, look: Callable[[], object]) -> bool:
        """Return whether *look* finds anything; not where it raises."""
        try:
            return bool(look())
        except Exception:
            if not self.failed:
                self.failed = True
                log.exception(
                    "What Locust counted can't be read: what is recorded is kept, and the run "
                    "stays incomplete, since nobody knows what passed by. Did the locustfile "
                    "replace Locust's statistics?"
                )
            return False


def without(reading: Reading, early: Iterable[Mapping[str, Any]], forgotten: int) -> Reading:
    """Return *reading* as if none of the *early* requests, and *forgotten* more, had come yet.

    As far as Locust has counted them: of what comes before there is a runner it never does, and of
    what a listener between the two holds up it will. Of the forgotten ones nobody knows the
    endpoints.
    """
    each = dict(reading.each)
    taken = NOTHING
    for request in early:
        endpoint = request.get("name"), request.get("request_type")
        try:
            known = each.get(endpoint, NOTHING)
            failed = bool(request.get("exception"))
        except Exception:  # noqa: BLE001 - no key, so that Locust has no entry of it either
            known, failed = NOTHING, False
        one = Counts(min(1, known.requests), min(failed, known.failures))
        if any(one):
            each[endpoint] = known.minus(one)
            taken = taken.plus(*one)
    left = reading.total.minus(taken)
    return Reading(left.plus(-min(forgotten, left.requests), 0), each)


def _heard(recorder: Recorder) -> _Each:
    return {key: Counts(*counts) for key, counts in recorder.cells.heard().items()}


def _between(
    since: Mapping[Endpoint, Counts], until: Mapping[Endpoint, Counts]
) -> dict[Endpoint, Counts]:
    endpoints = since.keys() | until.keys()
    return {e: until.get(e, NOTHING).minus(since.get(e, NOTHING)) for e in endpoints}


def _by_key(counts: Iterable[tuple[Endpoint, Counts]], recorder: Recorder) -> _Each:
    """Add up what the recorder counts together: spellings of one name, names past the limit."""
    added: _Each = {}
    for endpoint, count in counts:
        # A locustfile may keep entries of its own there, under whatever it likes.
        if any(count) and len(endpoint) == len(_PARTS):
            key = recorder.cells.key_of(*endpoint)
            added[key] = added.get(key, NOTHING).plus(*count)
    return added


def _that_came(
    late: Late, counted: _Each, heard: _Each, counted_as: Callable[[Key], Key]
) -> Counts:
    """Take off *counted* what came *late*, where Locust has more than was heard; return that.

    Each of the two sessions tells other endpoints apart: what one folded can be any that it did.
    """
    left, came = dict(late.ahead), NOTHING
    # What is folded goes last: of each other endpoint it is known where the late ones were counted.
    for key in sorted(counted, key=lambda key: key == FOLDED):
        were = [late.counted_as(key)]
        if key == FOLDED:
            were = [its for its in left if counted_as(its) == FOLDED]
        for its in were:
            over = counted[key].above(heard.get(key, NOTHING))
            over = Counts(*map(min, over, left.get(its, NOTHING)))
            counted[key] = counted[key].minus(over)
            left[its] = left.get(its, NOTHING).minus(over)
            came = came.plus(*over)
    return came


def _unheard(counted: _Each, heard: _Each, total: Counts) -> Counts:
    """Return what Locust has more of than was *heard*, requests that succeeded by themselves.

    Not what stands in entries that are in no *total*: a locustfile's own sums of others.
    """
    requests = failures = 0
    for key, (made, failed) in counted.items():
        known, known_failed = heard.get(key, NOTHING)
        # Who calls `log_error` beside a failed request counts its failure twice.
        of_requests = min(failed, made)
        requests += max(0, made - known, (made - of_requests) - (known - known_failed))
        failures += max(0, of_requests - known_failed)
    entries = NOTHING
    for count in counted.values():
        entries = entries.plus(*count)
    return Counts(requests, failures).above(entries.above(total))
