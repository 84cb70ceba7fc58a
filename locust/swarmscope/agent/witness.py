"""Locust's own count of this process's requests: a witness that shares no code with ours.

Locust forgets on purpose: a worker's statistics start from zero after each report to the master,
all statistics do when a run starts or somebody resets them, and a master's hold its workers' too.
So what leaves them is added up at the places where it leaves (`StatsEntry.reset`, which reports and
resets call; `RequestStats.clear_all`), and what reports of workers bring in (`StatsEntry.extend`)
is taken off. No request event is touched for it.

The methods are wrapped in their classes, and only the statistics of a witness are told apart: an
object of Locust's stays as it is, since locustfiles copy and pickle them. Nothing here may raise:
Locust's own calls go on behind it.
"""

import functools
import weakref
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from locust.env import Environment
from locust.stats import RequestStats, StatsEntry

from swarmscope.agent.contained import contained

Endpoint = tuple[Any, Any]
"""Name and method, as Locust's statistics have them."""
T = TypeVar("T")


class Counts(NamedTuple):
    """Requests, and how many of them failed."""

    requests: int
    failures: int

    def plus(self, requests: int, failures: int) -> "Counts":
        """Return these and as many more."""
        return Counts(self.requests + requests, self.failures + failures)

    def minus(self, other: "Counts") -> "Counts":
        """Return these less *other*."""
        return self.plus(-other.requests, -other.failures)

    def above(self, other: "Counts") -> "Counts":
        """Return how many more of each there are than in *other*."""
        return Counts(*(max(0, mine - its) for mine, its in zip(self, other, strict=True)))


NOTHING = Counts(0, 0)


class Reading(NamedTuple):
    """What Locust had counted at one moment: in all, and of each endpoint."""

    total: Counts
    each: dict[Endpoint, Counts]


class Witness:
    """Counts what Locust counted since this was made; *on_reset* is told of reset statistics."""

    def __init__(
        self, environment: Environment, on_reset: Callable[[], None] = lambda: None
    ) -> None:
        self._environment = environment
        self.on_reset = on_reset
        self._stats = environment.stats
        self._total = environment.stats.total
        self._gone = NOTHING
        """What is no longer in the statistics, less what isn't this process's own."""
        self._gone_of: dict[Endpoint, Counts] = {}
        """The same of each endpoint."""
        _wrap_once()
        self._watch(self._stats)

    @property
    def total(self) -> Counts:
        """Requests of this process so far, those included that were counted before this was made.

        As far as they were still in the statistics then. It never goes back.
        """
        stats = self._environment.stats
        if stats is not self._stats or stats.total is not self._total:
            # Somebody's own statistics from now on: what the old ones had stays counted.
            self._follow(stats)
        return self._gone.plus(*_counts(self._total))

    def read(self) -> Reading:
        """Return what Locust counted so far, endpoint by endpoint: work for each one it knows."""
        total = self.total
        each = dict(self._gone_of)
        # In one step: a native thread may add to them.
        for endpoint, entry in list(self._stats.entries.items()):
            each[endpoint] = each.get(endpoint, NOTHING).plus(*_counts(entry))
        return Reading(total, each)

    def _follow(self, stats: RequestStats) -> None:
        old = self._stats
        # A copy (`copy.deepcopy`) goes on from what its original had counted, and has its age.
        copied = stats.total.start_time == self._total.start_time
        kept = _counts(stats.total) if copied else NOTHING
        if stats.total is not self._total:
            self._gone = self._gone.plus(*_counts(self._total).above(kept))
        if stats.entries is not old.entries:
            for endpoint, entry in list(old.entries.items()):
                other = stats.entries.get(endpoint) if copied else None
                kept = NOTHING if other is None else _counts(other)
                self.add(endpoint, _counts(entry).above(kept))
        self._stats = stats
        self._watch(stats)

    def _watch(self, stats: RequestStats) -> None:
        _OF_STATS.put(stats, self)
        self.watch_total(stats.total)

    def watch_total(self, total: StatsEntry) -> None:
        """Count by *total* from now on, which begins at what it has."""
        _OF_TOTAL.remove(self._total)
        self._total = total
        _OF_TOTAL.put(total, self)

    def let_go(self, stats: RequestStats) -> None:
        """Keep what *stats* have counted: they are about to be forgotten."""
        self.add_total(_counts(stats.total))
        for endpoint, entry in list(stats.entries.items()):
            self.add(endpoint, _counts(entry))

    def add_total(self, counts: Counts) -> None:
        """Keep what the total counted that is about to be forgotten; below 0, take it off."""
        self._gone = self._gone.plus(*counts)

    def add(self, endpoint: Endpoint, counts: Counts) -> None:
        """Keep what an entry counted that is about to be forgotten; below 0, take it off."""
        if any(counts):
            self._gone_of[endpoint] = self._gone_of.get(endpoint, NOTHING).plus(*counts)


class _Watched(Generic[T]):
    """Witnesses of objects, by identity: what a locustfile derives may be equal, or no key."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[weakref.ref[T], Witness]] = {}

    def put(self, watched: T, witness: Witness) -> None:
        number = id(watched)
        gone = functools.partial(self._forget, number)
        self._of[number] = weakref.ref(watched, gone), witness

    def get(self, watched: object) -> Witness | None:
        known = self._of.get(id(watched))
        return known[1] if known and known[0]() is watched else None

    def remove(self, watched: T) -> None:
        self._of.pop(id(watched), None)

    def _forget(self, number: int, gone: "weakref.ref[T]") -> None:
        known = self._of.get(number)
        if known and known[0] is gone:
            del self._of[number]


_OF_STATS: _Watched[RequestStats] = _Watched()
_OF_TOTAL: _Watched[StatsEntry] = _Watched()


def _counts(entry: StatsEntry) -> Counts:
    return Counts(entry.num_requests, entry.num_failures)


@contained
def _leave(entry: StatsEntry) -> None:
    """Tell whoever counts by *entry* that what it has is about to go."""
    _move(entry, _counts(entry))


@contained
def _come_in(entry: StatsEntry, other: StatsEntry) -> None:
    """Tell whoever counts by *entry* that what *other* has is about to come in."""
    _move(entry, NOTHING.minus(_counts(other)))


def _move(entry: StatsEntry, counts: Counts) -> None:
    if not any(counts):
        return
    witness = _OF_TOTAL.get(entry)
    if witness:
        witness.add_total(counts)
        return
    stats: Any = entry.stats
    witness = _OF_STATS.get(stats)
    endpoint = entry.name, entry.method
    # A copy of an entry, or one that was put aside, is nobody's.
    if witness and stats.entries.get(endpoint) is entry:
        witness.add(endpoint, counts)


@contained
def _let_go(stats: RequestStats) -> None:
    witness = _OF_STATS.get(stats)
    if witness:
        witness.let_go(stats)


@functools.cache
def _wrap_once() -> None:
    """Let Locust's classes tell the witnesses of what their statistics forget."""
    reset: Any = StatsEntry.reset
    extend: Any = StatsEntry.extend
    clear_all: Any = RequestStats.clear_all
    reset_all: Any = RequestStats.reset_all

    @functools.wraps(reset)
    def told_reset(self: StatsEntry) -> None:
        _leave(self)
        reset(self)

    @functools.wraps(extend)
    def told_extend(self: StatsEntry, other: StatsEntry) -> None:
        _come_in(self, other)
        extend(self, other)

    @functools.wraps(clear_all)
    def told_clear_all(self: RequestStats) -> None:
        _let_go(self)
        clear_all(self)
        witness = _OF_STATS.get(self)
        if witness:
            witness.watch_total(self.total)

    @functools.wraps(reset_all)
    def told_reset_all(self: RequestStats) -> None:
        reset_all(self)
        witness = _OF_STATS.get(self)
        if witness:
            witness.on_reset()

    StatsEntry.reset = told_reset  # type: ignore[method-assign]
    StatsEntry.extend = told_extend  # type: ignore[method-assign]
    RequestStats.clear_all = told_clear_all  # type: ignore[method-assign]
    RequestStats.reset_all = told_reset_all  # type: ignore[method-assign]
