"""Boards read what a master merged of its workers where it can be believed, else their points."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from tests.fixtures import newer_run, older_run
from tests.fixtures.influxd import Influx
from tests.fixtures.older_run import RUN
from tests.fixtures.opened import Opened

PICKED: dict[str, str | list[str]] = {"run": RUN, "baseline": RUN}
TABLE = "Endpoints, over the whole time range"
P95 = "p95 of the ten busiest endpoints"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def workers_alone(influx: Influx) -> Opened:
    """The run in spans, without anything of a master."""
    return stocked(influx)


def stocked(influx: Influx, seconds: Sequence[str] = (), minutes: Sequence[str] = ()) -> Opened:
    name = secrets.token_hex(4)
    raw, long = influx.make_bucket(name), influx.make_bucket(f"{name}_minutes")
    influx.write(raw, [*newer_run.lines(), *seconds])
    influx.write(long, [*older_run.lines("loadtest_long"), *minutes])
    return Opened(influx, raw, long, older_run.RANGE_MS)


def times(rows: list[Row]) -> set[int]:
    return {int(row["_time"].timestamp()) for row in rows if row["_value"] is not None}


def test_endpoints_are_drawn_in_whole_spans_and_all_together_by_the_second(
    workers_alone: Opened,
) -> None:
    by_seconds = replace(workers_alone, window=1)
    spans = {second // 10 * 10 for second in newer_run.seconds()}
    assert times(by_seconds.panel("endpoints", P95, **PICKED)) == spans
    picked = {**PICKED, "endpoint": ["/products/[id]"]}
    response_times = by_seconds.panel("overlay", "Response times", **picked)
    assert times([row for row in response_times if row["_field"] == "p95"]) <= spans
    heatmap = by_seconds.panel("endpoints", "How many requests took how long", **picked)
    assert {int(row["time"].timestamp()) for row in heatmap} <= spans
    together = by_seconds.panel("overlay", "Response times", **PICKED)
    assert times(together) == set(newer_run.seconds())
