"""What lists say of a run, in one point: so that nobody counts all of it again for a row."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import Field
from swarmscope.recording import histogram
from swarmscope.store.question import Question, Reader, Table

_OF_RUNS = {
    **{"requests": "count", "failures": "num_failures", "target": "host"},
    **dict.fromkeys(("user_errors", "users", "workers", "resolution"), ""),
    **dict.fromkeys(("start", "stop", "last", "test", "label", "description"), ""),
}
"""Columns of `runs` to fields, which are called alike where nothing else is said."""
_OF_SUMMARIES = {"commit": "commit", "from": "first", "until": "until"}
"""The same of `run_summaries`."""
_OF_CONDITIONS = dict.fromkeys(("environment", "machine", "locustfile", "locustfile_hash"), "")
"""The same of `run_conditions`."""
_LISTS = {
    "runs": _OF_RUNS,
    "run_summaries": _OF_SUMMARIES,
    "run_conditions": _OF_CONDITIONS,
}
_BUCKETS = {bound: i for i, bound in histogram.BOUNDS.items()}


def numbers_of(reader: Reader, run: str, sums: Table | None = None) -> dict[str, Field]:
    """Return the fields of `locust_run_summary`, counted from the points of *run*.

    *sums*: the answer to `endpoint_sums`, where that is known.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    sums = sums or reader.ask(Question("endpoint_sums", run))
    fields: dict[str, Field] = {}
    for name, columns in _LISTS.items():
        row = _listed(reader, name, run, sums)
        told = {field or column: row.get(column) for column, field in columns.items()}
        fields |= {field: value for field, value in told.items() if value not in (None, "")}
    return fields | _percentiles(reader, run, sums)


def resolution_of(reader: Reader, run: str, sums: Table) -> int:
    """Return the length of the windows that *run* was recorded in, or a second."""
    return resolution_in(_listed(reader, "runs", run, sums))


def resolution_in(numbers: Mapping[str, Any]) -> int:
    """Return the same, where what is known of the run is in *numbers*."""
    return int(numbers.get("resolution") or 1)


def _listed(reader: Reader, name: str, run: str, sums: Table) -> dict[str, Any]:
    """Return the row of *run* in the list *name*: nothing where it has none."""
    # No summary is believed: this is what makes it.
    asked = Question(name, start=sums.start, stop=sums.stop, believed=False)
    return next((row for row in reader.ask(asked).records() if row["run"] == run), {})


def _percentiles(reader: Reader, run: str, sums: Table) -> dict[str, Field]:
    asked = Question("run_buckets", run, sums.start, sums.stop)
    counts: Counter[int] = Counter()
    for row in reader.ask(asked).records():
        add_bucket(counts, row)
    together = [row for row in sums.records() if row["name"] == schema.AGGREGATED]
    if not counts or not together:
        return {}
    within = within_of(together[0])
    return {
        field: histogram.percentile(counts, quantile, within)
        for field, quantile in schema.SUMMARY_QUANTILES.items()
    }


def add_bucket(counts: Counter[int], row: Mapping[str, Any]) -> None:
    """Add a *row* that has a bound and its requests to a histogram's *counts*."""
    if row["bound"] is not None:  # past all numbers: somebody else wrote it
        counts[bucket_of(row["bound"])] += row["requests"]


def bucket_of(bound: float) -> int:
    """Return the bucket with this *bound*; whoever may write can name one that is none of ours."""
    found = _BUCKETS.get(bound)
    return histogram.index(bound) if found is None else found


def within_of(row: dict[str, Any]) -> tuple[float, float] | None:
    """Return the shortest and the longest time of an endpoint's sums, where they are known."""
    shortest, longest = row["shortest"], row["longest"]
    return None if shortest is None or longest is None else (shortest, longest)
