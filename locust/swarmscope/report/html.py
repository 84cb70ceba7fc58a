"""The report: the live page in one file, with the run inside."""

import time
from collections.abc import Mapping
from math import isfinite
from typing import Any

from plotly.offline import get_plotlyjs

from swarmscope.report.bundle import bundle
from swarmscope.report.contents import Contents
from swarmscope.report.figures import figures_of
from swarmscope.runs.audit import Audit
from swarmscope.runs.file_name import safe_name
from swarmscope.runs.generators import generators_of
from swarmscope.store.question import Table


def page(contents: Contents, audit: Audit | None = None) -> str:
    """Return the report of *contents* as one HTML document that needs no network."""
    run = contents.run
    embedded = {
        "run": run["run"],
        "generated": time.time_ns() // 1_000_000,
        "part": _part(contents),
        "apdex_t": contents.apdex_t,
        "audit": audit and {**audit.to_json(), **_of_numbers(contents)},
        "queries": {name: _answer(table) for name, table in contents.tables.items()},
    }
    part = "part of a run" if contents.part else ""
    title = " · ".join(filter(None, (run["test"] or run["run"], run["label"], part, "swarmscope")))
    return bundle(embedded, title=title, plotly=get_plotlyjs())


def _part(contents: Contents) -> Mapping[str, Any] | None:
    part = contents.part
    return {**part.to_json(), "figures": vars(figures_of(contents))} if part else None


def _of_numbers(contents: Contents) -> Mapping[str, Any]:
    """Return what is said of the part that the numbers are about, not of all that was audited."""
    rows = map(contents.records, ("worker_strain", "host_strain"))
    generators = generators_of(*rows, timed=figures_of(contents).requests > 0)
    return {"generators": generators.to_json(), "arrivals": contents.arrivals.to_json()}


def file_name(run: str) -> str:
    """Return a name for the report on *run*: one part of a path, and another for another run."""
    return f"swarmscope-{safe_name(run)}.html"


def _answer(table: Table) -> Mapping[str, Any]:
    """*table* as the HTTP API has it: the page can't tell the two apart."""
    return {
        "query": table.query,
        "columns": table.columns,
        "rows": [[_number(cell) for cell in row] for row in table.rows],
        "window": table.window,
        "from": table.start,
        "to": table.stop,
    }


def _number(cell: Any) -> Any:
    return None if isinstance(cell, float) and not isfinite(cell) else cell
