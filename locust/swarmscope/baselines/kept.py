"""Baselines: names under which runs are kept in the store, to compare others with."""

from collections.abc import Sequence
from dataclasses import dataclass

from swarmscope import schema
from swarmscope.baselines.comparable import Made
from swarmscope.line_protocol import line, series
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

MOST_RUNS = 10
"""Of a baseline, the newest that were made alike: what was before them was another service."""


@dataclass(frozen=True)
class KeptRun:
    """A *run* that was kept under the name *baseline* at *time*, ms since 1970."""

    baseline: str
    run: str
    time: int
    test: str
    commit: str
    environment: str
    locustfile_hash: str
    load: str
    anyway: str
    """What others would pass beside too easily: it was known, and the run was kept all the same."""


def kept_runs(reader: Reader) -> list[KeptRun]:
    """Return all runs that are kept, by the names of their baselines, the oldest first.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    start, stop = EVER
    table = reader.ask(Question("baselines", start=start, stop=stop))
    return [KeptRun(**row) for row in table.records()]


def line_of(baseline: str, run: Made, at_ns: int, anyway: str = "") -> str:
    """Return the point that keeps *run* under the name *baseline*, at ns since 1970.

    *anyway*: what is known against it.
    """
    told = run.conditions
    tags = {"baseline": baseline, "run": told.run}
    fields = {
        "test": told.test,
        "commit": told.commit,
        "environment": told.environment,
        "locustfile_hash": told.locustfile_hash,
        "load": str(run.load),
        "anyway": anyway,
    }
    return line(series(schema.LOCUST_BASELINE.name, tags), fields, at_ns)


def tags_of(baseline: str, run: str = "") -> dict[str, str]:
    """Return the tags of all points of a *baseline*, or of one *run* in it, to delete them."""
    tags = {"_measurement": schema.LOCUST_BASELINE.name, "baseline": baseline}
    return {**tags, "run": run} if run else tags


def runs_of(kept: Sequence[KeptRun], baseline: str) -> tuple[str, ...]:
    """Return the ids of the runs of *baseline*, those that were kept last first."""
    return tuple(one.run for one in reversed(kept) if one.baseline == baseline)
