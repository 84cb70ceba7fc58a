"""How a list of runs is read out of an InfluxDB: most from their summaries, and only those wanted.

What a read costs there goes by the series and the points in its range. So the newest runs are found
first, by their starts alone, and their summaries then read from the first of those starts on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from heapq import nlargest
from typing import Any

from swarmscope.queries.counted import COUNTED_RUNS, NEWEST_RUNS, counting
from swarmscope.store.backend import Parameters

Ask = Callable[[str, Parameters, str], Iterable[Mapping[str, Any]]]
"""Answers a text in Flux, in the range of the parameters; last is what errors call it."""
_CLOCKS_MS = 60_000
"""So much before its start a run may have points, where a worker's clock is behind. One that has
earlier ones is counted, which takes longer and is as right."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Newest:
    """The runs that began last."""

    started: frozenset[str]
    since: int
    """When the first of them did, ms since 1970."""
    of_unknown_start: frozenset[str]
    """They may be among the newest: their points tell."""


@dataclass(frozen=True)
class Listing:
    """What is to be asked."""

    flux: str
    only: frozenset[str] | None = None
    """The answer may have others than these, half of whose points weren't read."""

    def has(self, record: Mapping[str, Any]) -> bool:
        """Whether a *record* of the answer is to be told."""
        return self.only is None or record.get("run") in self.only


def milliseconds(moment: datetime) -> int:
    """Return *moment* in ms since 1970."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def listing(flux: str, parameters: Parameters, ask: Ask) -> Listing:
    """Return what to ask in place of *flux*, a list of runs, so that no more is read than must be.

    *ask* answers what must be known beforehand.
    """
    newest = _newest(parameters, ask)
    if newest is None:
        return Listing(counting(flux, _counted(parameters, ask)))
    only = newest.started | newest.of_unknown_start
    since = max(parameters.start, newest.since - _CLOCKS_MS)
    counted = only.intersection(_counted(replace(parameters, start=since), ask))
    return Listing(counting(flux, sorted(counted | newest.of_unknown_start), since), only)


def _counted(parameters: Parameters, ask: Ask) -> list[str]:
    found = ask(COUNTED_RUNS, parameters, "the runs to be counted")
    return [str(record.get("run") or "") for record in found]


def _newest(parameters: Parameters, ask: Ask) -> _Newest | None:
    """Return the newest runs, or None where all are wanted."""
    wanted = parameters.newest
    if wanted is None:
        return None
    known: set[str] = set()
    starts: dict[str, int] = {}
    for record in ask(NEWEST_RUNS, parameters, "the newest runs"):
        run, start = str(record.get("run") or ""), record.get("_time")
        known.add(run)
        if isinstance(start, datetime):
            starts[run] = min(milliseconds(start), starts.get(run, parameters.stop))
    if len(starts) <= wanted:
        return None
    # Of those that began in the same millisecond all are told.
    since = nlargest(wanted, starts.values())[-1]
    started = frozenset(run for run, start in starts.items() if start >= since)
    return _Newest(started, since, frozenset(known - starts.keys()))
