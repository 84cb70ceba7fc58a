"""Everything about one run that a report or a summary shows, asked for once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from swarmscope.errors import NoDataError
from swarmscope.store.question import Question, Reader, Table

WINDOWS = 600
"""A report can't be asked again when its reader zooms in: finer windows than the live page's."""
_SERIES = (
    "requests_per_second",
    "failures_per_second",
    "users",
    "percentiles",
    "workers",
    "host_cpu",
    "host_memory",
    "host_disk",
    "host_network",
)
_TOTALS = (
    "endpoint_totals",
    "endpoint_percentiles",
    "exceptions",
    "user_errors",
    "run_events",
    "delivery",
)


@dataclass(frozen=True)
class Collected:
    """The answers about one run, by query; `runs` holds its own row alone."""

    run: Mapping[str, Any]
    """Its row of the query `runs`."""
    tables: Mapping[str, Table]
    stop: int
    """End of its newest second, ms since 1970."""

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of the query *name*."""
        return self.tables[name].records()


def collect(reader: Reader, run: str) -> Collected:
    """Ask *reader* everything about *run*.

    Raises:
        NoDataError: there is no such run.

    """
    runs = reader.ask(Question("runs"))
    position = runs.columns.index("run")
    own = [row for row in runs.rows if row[position] == run]
    if not own:
        raise NoDataError(
            f"The store has no run {run!r}.", remedy="`swarmscope runs` lists those it has."
        )
    tables = {name: reader.ask(Question(name, run=run)) for name in _TOTALS}
    extent = tables["delivery"]
    window = max(1, -(-(extent.stop - extent.start) // (1_000 * WINDOWS)))
    tables |= {name: reader.ask(Question(name, run=run, window=window)) for name in _SERIES}
    tables["runs"] = Table("runs", runs.columns, own, runs.window, runs.start, runs.stop)
    return Collected(tables["runs"].records()[0], tables, extent.stop)
