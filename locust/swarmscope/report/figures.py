"""The few numbers that stand above all others, of a run or of a part of it."""

from dataclasses import dataclass

from swarmscope.report.contents import Contents
from swarmscope.runs.duration import seconds_of
from swarmscope.runs.part import users_in


@dataclass(frozen=True)
class Figures:
    """How long, how many users, and what came of it."""

    seconds: float
    users: int
    requests: int
    failures: int


def figures_of(contents: Contents) -> Figures:
    """Return the figures of the part that *contents* are about, or of the whole run."""
    run, part = contents.run, contents.part
    if part is None:
        counts = (run["users"] or 0, run["requests"] or 0, run["failures"] or 0)
        return Figures(seconds_of(run), *counts)
    totals = contents.records("endpoint_totals")
    return Figures(
        part.seconds,
        users_in(contents.records("run_events"), part),
        sum(row["requests"] for row in totals),
        sum(row["failures"] for row in totals),
    )
