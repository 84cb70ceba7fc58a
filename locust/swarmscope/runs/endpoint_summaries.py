"""The final summary of a run's endpoints, made anew from the workers' own points in the store.

The master writes it from what the workers report; it may have died, or a report been lost, or more
have come when it was over. What is stored is the truth, and the fields are the master's own.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from swarmscope import schema
from swarmscope.line_protocol import escape_tag
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key, Tally
from swarmscope.runs.summary import add_bucket
from swarmscope.store.backend import EVER, NS_IN_MS
from swarmscope.store.question import Question, Reader, Table

_OF_A_POINT = frozenset({"name", "method", "event", "test"})
"""Tags of one point of the master's, which not all others of the run have."""


@dataclass(frozen=True)
class Summed:
    """What the points of a run add up to, beside what its summary says."""

    summarised: int | None
    """Requests by the newest summary; None: there is none."""
    stored: int
    """Requests by the workers' own points."""
    differing: int
    """Endpoints of which the two have different numbers."""
    expired: bool
    """Whether the store no longer has the run's begin: its summary is all that tells of that."""
    sums: Table
    kept: Mapping[Key, Mapping[str, Any]]

    @property
    def wrong(self) -> bool:
        """Whether the summary says something else than the points, which are all still there."""
        return bool(self.differing) and not self.expired


def compare(reader: Reader, run: str) -> Summed:
    """Return what the summary of *run* and its points say.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    sums = reader.ask(Question("endpoint_sums", run))
    # Wherever it stands: what it covers may have been lost.
    asked = Question("kept_summaries", run, *EVER)
    kept: dict[Key, Mapping[str, Any]] = {}
    for row in sorted(reader.ask(asked).records(), key=lambda row: int(row["time"])):
        kept[row["name"], row["method"]] = row
    stored = {(row["name"], row["method"]): row["requests"] for row in sums.records()}
    told = {key: row["requests"] or 0 for key, row in kept.items()}
    more = told.get(AGGREGATED, 0) > stored.get(AGGREGATED, 0)
    return Summed(
        summarised=told.get(AGGREGATED),
        stored=stored.get(AGGREGATED, 0),
        differing=sum(stored.get(key, 0) != told.get(key, 0) for key in stored | told),
        # Of a run whose first shard is gone, its start is gone, too.
        expired=more and not _start(reader, run, sums),
        sums=sums,
        kept=kept,
    )


def _start(reader: Reader, run: str, sums: Table) -> list[dict[str, Any]]:
    return reader.ask(Question("run_tags", run, sums.start, sums.stop)).records()


def lines_of(reader: Reader, run: str, found: Summed, resolution: int) -> list[str]:
    """Return `locust_summary` of *run* as its points have it, which takes the old one's place.

    *resolution*: the length of the windows it was recorded in.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    rows = {(row["name"], row["method"]): row for row in found.sums.records()}
    together = rows.get(AGGREGATED)
    if together is None:
        return []
    tallies = tallies_of(reader, run, found.sums)
    # An endpoint that a report told of, and of which nothing is stored, has no request.
    gone = {key: Tally() for key in found.kept if key not in rows}
    newest = max(together["last"], *(int(row["time"]) for row in found.kept.values()), 0)
    return list(
        MergedEncoder(_tags(reader, run, found)).summaries(
            [(_escaped(key), tally) for key, tally in (tallies | gone).items()],
            (together["last"] - together["start"]) / 1_000 + resolution,
            # Where the old one stands, at the least: of two the later one would be read.
            newest * NS_IN_MS,
        )
    )


def tallies_of(reader: Reader, run: str, sums: Table) -> dict[Key, Tally]:
    """Return what each endpoint of *run* came to, and all together, from its points.

    *sums*: the answer to `endpoint_sums` about the part of the run that is meant.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    asked = Question("endpoint_buckets", run, sums.start, sums.stop)
    histograms: dict[Key, Counter[int]] = {}
    for row in reader.ask(asked).records():
        counts = histograms.setdefault((row["name"], row["method"]), Counter())
        add_bucket(counts, row)
    return {
        key: _tally(row, histograms.get(key, Counter()))
        for row in sums.records()
        for key in [(row["name"], row["method"])]
    }


def _tally(row: Mapping[str, Any], counts: Counter[int]) -> Tally:
    tally = Tally()
    tally.count, tally.failures = row["requests"], row["failures"] or 0
    tally.length = int(row["total_content_length"] or 0)
    if None not in (row["shortest"], row["longest"]):
        # Not those in the histograms: a killed worker takes the last span of them along, while its
        # seconds up to then are in the sum.
        tally.timed = row["requests"] - row["untimed"]
        tally.histogram.update(counts)
        tally.total = row["total_response_time"] or 0.0
        tally.min, tally.max = row["shortest"], row["longest"]
    return tally


def _escaped(key: Key) -> Key:
    return escape_tag(key[0]), escape_tag(key[1])


def _tags(reader: Reader, run: str, found: Summed) -> dict[str, str]:
    """Return the tags of the master's summary: with others it would be a second one."""
    newest = max(found.kept.values(), key=lambda row: int(row["time"]), default=None)
    rows = [newest] if newest else _start(reader, run, found.sums)
    told = json.loads(rows[0]["tags"]) if rows else {}
    own = {tag: str(value) for tag, value in told.items() if tag not in _OF_A_POINT}
    return {"worker": schema.MASTER, **own, "run": run}
