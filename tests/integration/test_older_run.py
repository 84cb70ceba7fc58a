"""Boards of a run that was recorded by an older swarmscope, on a real InfluxDB."""

import secrets
from collections import Counter, defaultdict
from dataclasses import replace
from typing import Any

import pytest
from dashboards import arrivals, transactions
from dashboards.boards import failures
from tests.fixtures import boards, older_run
from tests.fixtures.boards import Asked
from tests.fixtures.influxd import Influx
from tests.fixtures.older_run import PERCENTILES, RUN
from tests.fixtures.opened import Opened

from swarmscope import schema
from swarmscope.recording import histogram

PICKED: dict[str, str | list[str]] = {"run": RUN, "baseline": RUN}
"""A run is compared with itself: there is no other."""
NEVER_IN_THE_RECORDING = {
    # Nobody judged it, reset its statistics, collected logs or wrote numbers of his own.
    *("Verdict", "Statistics reset", "Lines logged", failures.LOG),
    "Where the time of requests goes",
    # It said nothing of when its users should begin.
    *(arrivals.ARRIVALS, arrivals.INTENDED),
    # No transaction was timed, and the shop told nothing of itself.
    transactions.TITLE,
    *(f"Services: {what}" for what in ("pools and queues", "memory", "CPU")),
    "Services: requests, cache, connections",
    *("other_field", "Load, and the machines' CPU D"),
    # Nobody said what must hold of it.
    *("Thresholds", "Load, and the machines' CPU G", "Response times B"),
}
INSIDE = 0.995
"""Of a bucket's upper bound, whose name is rounded: within the bucket."""
TOLERANCE = {schema.BUCKET: 1e-3, schema.BUCKET_LONG: 0.03}
"""A bucket of 4 % is counted here as the one of 2 % at its upper bound."""
WHOLE = 10**7
"""Seconds of a window in which all of it lies."""
Row = dict[str, Any]


@pytest.fixture(scope="module")
def opened(influx: Influx) -> Opened:
    """The older run in buckets of its own."""
    name = secrets.token_hex(4)
    raw, long = influx.make_bucket(name), influx.make_bucket(f"{name}_minutes")
    influx.write(raw, older_run.lines(schema.BUCKET))
    influx.write(long, older_run.lines(schema.BUCKET_LONG))
    return Opened(influx, raw, long, older_run.RANGE_MS)


@pytest.fixture(scope="module")
def values(opened: Opened) -> dict[str, Any]:
    return {board: opened.values(board, **PICKED) for board in boards.boards()}


@pytest.mark.sample(5)
@pytest.mark.parametrize("asked", boards.every_query(), ids=str)
def test_every_panel_opens(opened: Opened, values: dict[str, Any], asked: Asked) -> None:
    rows = opened.ask(asked.flux, values[asked.board])
    names = {asked.of, f"{asked.of} {asked.ref_id}"}
    # What leads to a run is only said where the range has nothing of it.
    elsewhere = "went on at another time" in asked.flux
    # Of a run that keeps no summary its history knows nothing.
    of_people = asked.of in ("minutes", "Deploys and notes")
    unknown = elsewhere or (asked.board == "trend" and not of_people)
    assert bool(rows) != (unknown or bool(names & NEVER_IN_THE_RECORDING))


@pytest.mark.parametrize("board", ["overlay", "endpoints"])
def test_table_of_endpoints_is_exact(opened: Opened, board: str) -> None:
    found = opened.table(board, "Endpoints, over the whole time range", **PICKED)
    older_run.assert_table(found)
    rate = sum(row["requests_per_second"] for row in found.values())
    assert rate * seconds_of_the_run() == pytest.approx(len(older_run.requests()))


def seconds_of_the_run() -> int:
    times = [p.time for tags, p in older_run.of("locust_stats") if tags["name"] == "Aggregated"]
    return (max(times) - min(times)) // 10**9 + 1


def test_compared_with_itself_nothing_changed(opened: Opened) -> None:
    found = opened.table("compare", "What changed, endpoint by endpoint", **PICKED)
    assert found.keys() == older_run.by_endpoint().keys()
    for endpoint, some in older_run.by_endpoint().items():
        row = found[endpoint]
        assert row["p95"] == row["p95 before"]
        assert row["p95"] == pytest.approx(older_run.quantile(some, 0.95), rel=0.01)
        assert row["failed"] == row["failed before"] == sum(r.failed for r in some) / len(some)
        assert row["requests"] == row["requests before"] == len(some)
    together = opened.together("compare", "What changed, endpoint by endpoint", **PICKED)
    assert together["requests"] == together["requests before"] == len(older_run.requests())
    p95 = older_run.quantile(older_run.requests(), 0.95)
    assert together["p95"] == together["p95 before"] == pytest.approx(p95, rel=0.01)


@pytest.mark.parametrize(("window", "bucket"), [(1, "loadtest"), (10, "loadtest"), (60, "long")])
def test_response_times_are_those_of_its_own_points(
    opened: Opened, window: int, bucket: str
) -> None:
    bucket = schema.BUCKET_LONG if bucket == "long" else schema.BUCKET
    within = extremes(window, bucket)
    wanted = {
        t: {
            name: histogram.percentile(counts, share, within[t])
            for name, share in PERCENTILES.items()
        }
        for t, counts in histograms(window, bucket).items()
    }
    found: dict[int, Row] = defaultdict(dict)
    for row in replace(opened, window=window).panel("overlay", "Response times", **PICKED):
        if row["_value"] is not None and row["_field"] != "max":
            found[int(row["_time"].timestamp())][row["_field"]] = row["_value"]
    assert found.keys() == wanted.keys()
    for t, statistics in wanted.items():
        assert found[t] == pytest.approx(statistics, rel=TOLERANCE[bucket])


def histograms(
    window: int, bucket: str = schema.BUCKET, name: str = schema.AGGREGATED
) -> dict[int, Counter[int]]:
    """Return what its workers counted in each window, by bucket."""
    merged: dict[int, Counter[int]] = defaultdict(Counter)
    for tags, point in older_run.of("locust_latency", bucket):
        if tags["name"] == name:
            for bound, count in point.fields.items():
                index = histogram.index(float(bound) * INSIDE)
                merged[point.time // 10**9 // window * window][index] += int(count)
    return merged


def extremes(
    window: int, bucket: str = schema.BUCKET, name: str = schema.AGGREGATED
) -> dict[int, tuple[float, float]]:
    """Return the shortest and the longest response time of each window."""
    apart: dict[int, list[float]] = defaultdict(list)
    for tags, point in older_run.of("locust_stats", bucket):
        if tags["name"] == name:
            for field in ("min_response_time", "max_response_time"):
                apart[point.time // 10**9 // window * window].append(float(point.fields[field]))
    return {t: (min(times), max(times)) for t, times in apart.items()}


@pytest.mark.parametrize("window", [1, 10])
def test_p95_of_the_busiest_is_that_of_its_own_points(opened: Opened, window: int) -> None:
    title = "p95 of the ten busiest endpoints"
    rows = replace(opened, window=window).panel("endpoints", title, **PICKED)
    for name, _ in older_run.by_endpoint():
        (within,) = extremes(WHOLE, name=name).values()
        wanted = {
            t: histogram.percentile(counts, 0.95, within)
            for t, counts in histograms(window, name=name).items()
        }
        found = {
            int(row["_time"].timestamp()): row["_value"]
            for row in rows
            if row["name"] == name and row["_value"] is not None
        }
        assert found == pytest.approx(wanted, rel=1e-3), name


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("window", [1, 10])
def test_counts_are_those_of_its_requests(opened: Opened, window: int) -> None:
    at = replace(opened, window=window)

    def total(board: str, title: str) -> float:
        values = (row["_value"] for row in at.panel(board, title, **PICKED))
        return sum(value for value in values if value is not None) * window

    requests = older_run.requests()
    failed = sum(request.failed for request in requests)
    assert total("overlay", "Load, and the machines' CPU") == pytest.approx(len(requests))
    assert total("overlay", "Failures") == pytest.approx(failed)
    assert total("failures", "Failures over time") == pytest.approx(failed)
    assert total("failures", "Answers by status") == pytest.approx(len(requests))
    assert total("generators", "Requests by worker") == pytest.approx(len(requests))
    heatmap = at.panel("endpoints", "How many requests took how long", **PICKED)
    cells = [v for row in heatmap for k, v in row.items() if k != "time" and v is not None]
    assert sum(cells) == len(requests)


def test_one_of_its_workers_can_be_picked(opened: Opened) -> None:
    worker = older_run.requests()[0].worker
    found = opened.table(
        "overlay", "Endpoints, over the whole time range", **PICKED, worker=[worker]
    )
    older_run.assert_table(found, worker)


def test_it_is_in_the_list_of_runs(opened: Opened) -> None:
    values, row = opened.values("runs"), {}
    for asked in opened.queries("runs"):
        found = (one for one in opened.ask(asked.flux, values) if one.get("run") == RUN)
        row |= next(found, {})
    assert row["requests"] == len(older_run.requests())
    assert row["p95"] == pytest.approx(older_run.quantile(older_run.requests(), 0.95), rel=0.01)
