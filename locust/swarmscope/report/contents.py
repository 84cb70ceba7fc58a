"""Everything about one run that a report or a summary shows, asked for once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from swarmscope.errors import NoDataError
from swarmscope.runs.arrivals import NONE_DUE, Arrivals, arrivals_of
from swarmscope.runs.part import Part, Wanted, empty
from swarmscope.schema import AGGREGATED, APDEX_T_MS
from swarmscope.store.backend import usable_resolution
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
    "app_gauges",
    "arrivals",
)
_OF_SPANS = ("intended",)
"""Those of which nothing is told by seconds."""
_OF_HISTOGRAMS = ("endpoint_percentiles", "response_ranges", "outcomes", *_OF_SPANS)
"""Those that endpoints' histograms answer, which are of spans."""
_TOTALS = (
    "endpoint_totals",
    "transactions",
    *_OF_HISTOGRAMS,
    "phases",
    "exceptions",
    "endpoint_statuses",
    "user_errors",
    "worker_strain",
    "load_steps",
    "host_strain",
)
_WHOLE = ("run_events", "events", "thresholds", "delivery")
"""Asked about all of the run, whichever part the numbers are about."""


@dataclass(frozen=True)
class Contents:
    """The answers about one run, by query; `runs` holds its own row alone."""

    run: Mapping[str, Any]
    """Its row of the query `runs`."""
    tables: Mapping[str, Table]
    stop: int
    """End of its newest second, ms since 1970."""
    part: Part | None = None
    """What the totals are about, where not the whole run. Series are of all of it: what was left
    out can be seen to be what its reader takes it for."""
    apdex_t: int = APDEX_T_MS
    """The response time that satisfies, ms."""
    arrivals: Arrivals = NONE_DUE
    """What became of iterations in the part, or in all of the run."""

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of the query *name*."""
        return self.tables[name].records()

    def within(self, name: str) -> list[dict[str, Any]]:
        """Return those rows of the series *name* that lie in the part, if only at its edge."""
        table, part = self.tables[name], self.part
        rows = table.records()
        return [r for r in rows if part.overlaps(r["time"], table.window)] if part else rows


_EVERYTHING = Wanted()


def contents_of(
    reader: Reader, run: str, wanted: Wanted = _EVERYTHING, *, apdex_t: int = APDEX_T_MS
) -> Contents:
    """Ask *reader* everything about *run*, with the totals of the part *wanted*.

    A response time of up to *apdex_t* ms satisfies.

    Raises:
        NoDataError: there is no such run, or no request in that part.

    """
    runs = reader.ask(Question("runs"))
    position = runs.columns.index("run")
    own = [row for row in runs.rows if row[position] == run]
    if not own:
        raise NoDataError(
            f"The store has no run {run!r}.", remedy="`swarmscope runs` lists those it has."
        )
    tables = {name: reader.ask(Question(name, run=run)) for name in _WHOLE}
    tables["runs"] = Table("runs", runs.columns, own, runs.window, runs.start, runs.stop)
    row = tables["runs"].records()[0]
    span = reader.ask(Question("users", run))
    part = wanted.part_of(row, span.stop) if wanted else None
    if part and not part.seconds:
        raise empty(run, part)
    start, stop = (part.start, part.stop) if part else (None, None)
    asked = (Question(name, run, start, stop, apdex_t=apdex_t) for name in _TOTALS)
    tables |= {question.name: reader.ask(question) for question in asked}
    if part and not tables["endpoint_totals"].rows:
        raise empty(run, part)
    if part and part.stop < part.ended:
        for name in _OF_HISTOGRAMS:
            tables[name] = _of_whole_spans(reader, run, part, tables[name], apdex_t)
    # Not of what is added up: that leaves no odd point out, and windows of months tell nothing. In
    # whole windows of those that were recorded: shorter ones are refused.
    step = usable_resolution(row["resolution"])
    window = max(1, ceil((span.stop - span.start) / (1_000 * WINDOWS * step))) * step
    series = {n: reader.ask(Question(n, run, span.start, span.stop, window)) for n in _SERIES}
    begun = reader.ask(Question("arrivals", run, start, stop)) if part else series["arrivals"]
    arrivals = arrivals_of(begun.records())
    return Contents(row, tables | series, span.stop, part, apdex_t, arrivals)


def _of_whole_spans(reader: Reader, run: str, part: Part, exact: Table, apdex_t: int) -> Table:
    """Return *exact*, an answer about *part*, with its endpoints' rows about its whole spans.

    An endpoint's histogram stands where its span begins, and may hold what came after the part:
    the outage, say, before which it was made to end.
    """
    # The shortest windows in which endpoints can be asked about are these spans.
    moment = Question("endpoint_p95", run, part.start, part.start + 1)
    span = reader.ask(moment).window * 1_000
    stop = part.stop // span * span
    if stop == part.stop:
        return exact
    found: list[tuple[Any, ...]] = []
    if stop > part.start:
        found = reader.ask(Question(exact.query, run, part.start, stop, apdex_t=apdex_t)).rows
    if exact.query in _OF_SPANS:
        return replace(exact, rows=found)
    together = [row for row in exact.rows if row[0] == AGGREGATED]
    apart = [row for row in found if row[0] != AGGREGATED]
    return replace(exact, rows=[*together, *apart])
