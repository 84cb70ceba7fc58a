"""Boards read what a master merged of its workers where it can be believed, else their points."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from dashboards import steps
from tests.fixtures import newer_run, older_run
from tests.fixtures.influxd import Influx
from tests.fixtures.older_run import RUN
from tests.fixtures.opened import Opened

PICKED: dict[str, str | list[str]] = {"run": RUN, "baseline": RUN}
TABLE = "Endpoints, over the whole time range"
P95 = "p95 of the ten busiest endpoints"
Row = dict[str, Any]
LAST = newer_run.seconds()[-1]
NS = 10**9
WORKER = older_run.requests()[0].worker
HALF = older_run.FIRST + 40


@pytest.fixture(scope="module")
def workers_alone(influx: Influx) -> Opened:
    """The run in spans, without anything of a master."""
    return stocked(influx)


@pytest.fixture(scope="module")
def complete(influx: Influx) -> Opened:
    """The run with all that a master merged of it."""
    seconds = [*newer_run.merged(), *newer_run.summary(LAST - 7), *newer_run.summary(LAST)]
    return stocked(influx, seconds, newer_run.merged_minutes())


@pytest.fixture(scope="module")
def both(complete: Opened, workers_alone: Opened) -> tuple[Opened, Opened]:
    return complete, workers_alone


def stocked(influx: Influx, seconds: Sequence[str] = (), minutes: Sequence[str] = ()) -> Opened:
    name = secrets.token_hex(4)
    raw, long = influx.make_bucket(name), influx.make_bucket(f"{name}_minutes")
    influx.write(raw, [*newer_run.lines(), *seconds])
    influx.write(long, [*older_run.lines("loadtest_long"), *minutes])
    return Opened(influx, raw, long, older_run.RANGE_MS)


def times(rows: list[Row]) -> set[int]:
    return {int(row["_time"].timestamp()) for row in rows if row["_value"] is not None}


@pytest.mark.long
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


def read(opened: Opened, board: str = "overlay", **picked: str | list[str]) -> tuple[Any, Any]:
    """Return whose points are drawn, and where the summary is."""
    found = opened.values(board, **{**PICKED, **picked})
    return found["points"], {opened.raw: "raw", opened.long: "long"}.get(found["summary"], "")


def assert_right(opened: Opened, **picked: str | list[str]) -> None:
    """Assert that tables and curves say what the requests were, whatever is read for them."""
    picked = {**PICKED, **picked}
    worker = picked.get("worker", [""])[0]
    for board in ("overlay", "endpoints"):
        older_run.assert_table(opened.table(board, TABLE, **picked), worker)
    requests = [r for r in older_run.requests() if worker in ("", r.worker)]
    heatmap = opened.panel("endpoints", "How many requests took how long", **picked)
    cells = [v for row in heatmap for k, v in row.items() if k != "time" and v is not None]
    assert sum(cells) == len(requests)
    slowest = max(r.ms for r in requests)
    times_of_all = opened.panel("overlay", "Response times", **picked)
    found = [r["_value"] for r in times_of_all if r["_field"] == "max" and r["_value"] is not None]
    assert max(found) == pytest.approx(slowest, rel=1e-3)


def test_a_complete_run_is_read_as_the_master_has_it(complete: Opened) -> None:
    for board in ("overlay", "endpoints", "compare"):
        assert read(complete, board) == ("locust_merged", "raw")
    both = complete.values("compare", **PICKED)
    assert (both["baseline_points"], both["baseline_summary"]) == ("locust_merged", complete.raw)
    assert_right(complete)


@pytest.mark.long_sample(4)
@pytest.mark.long
@pytest.mark.parametrize("window", [1, 10, 60])
@pytest.mark.parametrize("endpoint", [[], ["/products/[id]"]], ids=["all", "picked"])
@pytest.mark.parametrize("panel", [("overlay", "Response times"), ("endpoints", P95)])
def test_curves_of_the_master_are_those_of_the_workers(
    both: tuple[Opened, Opened], panel: tuple[str, str], endpoint: list[str], window: int
) -> None:
    complete, workers_alone = both
    picked = {**PICKED, **({"endpoint": endpoint} if endpoint else {})}

    def curve(opened: Opened) -> dict[tuple[Any, ...], float]:
        rows = replace(opened, window=window).panel(*panel, **picked)
        return {
            (row["_time"], row["_field"], row.get("name")): row["_value"]
            for row in rows
            if row["_value"] is not None
        }

    assert read(workers_alone) == ("locust", "")
    assert curve(complete)
    assert curve(complete) == pytest.approx(curve(workers_alone), rel=1e-9)


@pytest.mark.long
def test_load_steps_of_the_master_are_those_of_the_workers(both: tuple[Opened, Opened]) -> None:
    complete, workers_alone = both
    assert (read(complete)[0], read(workers_alone)[0]) == ("locust_merged", "locust")
    merged, apart = (opened.panel("overlay", steps.TITLE, **PICKED) for opened in both)
    assert sum(row["requests"] for row in merged) == len(older_run.requests())
    assert merged == apart


@pytest.mark.long
def test_two_runs_are_compared_by_their_summaries(complete: Opened, workers_alone: Opened) -> None:
    title = "What changed, endpoint by endpoint"
    by_summary = complete.table("compare", title, **PICKED)
    by_points = workers_alone.table("compare", title, **PICKED)
    assert by_summary.keys() == by_points.keys() == older_run.by_endpoint().keys()
    for endpoint, row in by_points.items():
        assert by_summary[endpoint].keys() == row.keys()
        numbers = {k: v for k, v in row.items() if isinstance(v, float)}
        # Those of Flux are asked for a hair below their rank.
        found = {k: by_summary[endpoint][k] for k in numbers}
        assert found == pytest.approx(numbers, rel=1e-8), endpoint


def test_one_worker_is_read_from_its_own_points(complete: Opened) -> None:
    assert read(complete, worker=[WORKER]) == ("locust", "")
    assert_right(complete, worker=[WORKER])


@pytest.mark.long
def test_every_worker_picked_by_name_is_read_from_their_own_points(complete: Opened) -> None:
    every = sorted({r.worker for r in older_run.requests()})
    assert read(complete, worker=every) == ("locust", "")
    assert {row["requests"] for row in complete.table("overlay", TABLE, worker=every).values()} == {
        len(some) for some in older_run.by_endpoint().values()
    }


@pytest.mark.parametrize("ends", ["begin", "end"])
def test_a_part_of_the_run_has_no_summary(complete: Opened, ends: str) -> None:
    start, stop = complete.range_ms
    part = (HALF * 1_000, stop) if ends == "begin" else (start, HALF * 1_000)
    opened = replace(complete, range_ms=part)
    assert read(opened) == ("locust_merged", "")
    seconds = range(part[0] // 1_000, part[1] // 1_000)
    wanted = sum(
        int(point.fields["count"])
        for tags, point in older_run.of("locust_stats")
        if tags["name"] != "Aggregated" and point.time // NS in seconds
    )
    found = opened.table("overlay", TABLE, **PICKED)
    assert sum(row["requests"] for row in found.values()) == wanted


@pytest.mark.long
def test_a_master_that_died_is_not_believed(influx: Influx) -> None:
    """Not even if its workers ended a moment later."""
    for until in (HALF, LAST - 3):
        merged = newer_run.merged(until=until * NS)
        minutes = newer_run.merged_minutes(until=until * NS)
        opened = stocked(influx, [*merged, *newer_run.summary(until)], minutes)
        assert read(opened) == ("locust", "")
        assert_right(opened)


@pytest.mark.long
def test_of_two_masters_of_one_run_neither_is_believed(influx: Influx) -> None:
    """Each tells what its own workers had, and what isn't stored yet makes up for the other's."""
    (start,) = (line for line in newer_run.lines() if ",event=start," in line)
    series, _, at = start.rpartition(" ")
    again = f"{series} {int(at) + 20 * NS}"
    seconds = [*newer_run.merged(), *newer_run.summary(LAST), again]
    opened = stocked(influx, seconds, newer_run.merged_minutes())
    assert read(opened) == ("locust", "")
    assert_right(opened)


@pytest.mark.long
def test_a_master_that_missed_a_report_is_not_believed(influx: Influx) -> None:
    merged = [*newer_run.merged(without=WORKER), *newer_run.summary(LAST, without=WORKER)]
    opened = stocked(influx, merged, newer_run.merged_minutes(without=WORKER))
    assert read(opened) == ("locust", "")
    assert_right(opened)


@pytest.mark.long
def test_minutes_that_the_master_never_wrote_are_missed(influx: Influx) -> None:
    opened = stocked(influx, [*newer_run.merged(), *newer_run.summary(LAST)])
    assert read(opened) == ("locust", "raw")
    assert_right(opened)


@pytest.mark.long
def test_a_summary_without_all_of_its_endpoints_is_not_believed(influx: Influx) -> None:
    partly = [line for line in newer_run.summary(LAST) if "/login" not in line]
    opened = stocked(influx, [*newer_run.merged(), *partly], newer_run.merged_minutes())
    assert read(opened) == ("locust_merged", "")
    assert_right(opened)


@pytest.mark.long
def test_an_endpoint_without_a_stored_request_is_in_no_table(influx: Influx) -> None:
    """Its percentiles stay when its summary is put right: nothing takes a field away."""
    (told,) = (line for line in newer_run.summary(LAST) if "/login" in line)
    series, fields, at = told.replace("/login", "/never").rsplit(" ", 2)
    assert "p95=" in fields
    nothing = f"{series} count=0i,num_failures=0i,timed=0i,total_content_length=0i {at}"
    said = [*newer_run.summary(LAST), f"{series} {fields} {at}", nothing]
    opened = stocked(influx, [*newer_run.merged(), *said], newer_run.merged_minutes())
    assert read(opened) == ("locust_merged", "raw")
    assert_right(opened)
    title = "What changed, endpoint by endpoint"
    assert opened.table("compare", title, **PICKED).keys() == older_run.by_endpoint().keys()


@pytest.mark.long
def test_merged_series_without_all_of_their_endpoints_are_not_believed(influx: Influx) -> None:
    """A worker's message with some endpoints can be lost alone."""
    lost = older_run.FIRST + 33
    partly = [
        line
        for line in newer_run.merged()
        if not ("name=/login" in line and lost <= int(line.rpartition(" ")[2]) // NS)
    ]
    opened = stocked(influx, [*partly, *newer_run.summary(LAST)], newer_run.merged_minutes())
    assert read(opened) == ("locust", "raw")
    assert_right(opened)


@pytest.mark.long
def test_also_where_the_run_begins_within_a_span_no_endpoint_may_be_missing(influx: Influx) -> None:
    second = newer_run.seconds()[0]
    assert second % newer_run.SPAN, "whoever comes by a link to the run sees it from there on"
    end_of_span = (second // newer_run.SPAN + 1) * newer_run.SPAN
    partly = [
        line
        for line in newer_run.merged()
        if not ("name=/login" in line and int(line.rpartition(" ")[2]) // NS < end_of_span)
    ]
    assert partly != newer_run.merged()
    for lines, wanted in ((newer_run.merged(), "locust_merged"), (partly, "locust")):
        whole = stocked(influx, [*lines, *newer_run.summary(LAST)], newer_run.merged_minutes())
        opened = replace(whole, range_ms=(second * 1_000, whole.range_ms[1]))
        assert read(opened) == (wanted, "raw")
        assert_right(opened)


@pytest.mark.long
def test_a_run_without_minutes_is_read_as_the_master_has_it(influx: Influx) -> None:
    opened = stocked(influx, [*newer_run.merged(), *newer_run.summary(LAST)])
    without = replace(opened, long="")
    assert read(without) == ("locust_merged", "raw")
    assert_right(without)


@pytest.mark.long
def test_of_a_run_whose_seconds_are_deleted_the_last_summary_is_read(influx: Influx) -> None:
    minutes = [*newer_run.merged_minutes(), *newer_run.summary(LAST)]
    opened = replace(stocked(influx, (), minutes), raw=influx.make_bucket(secrets.token_hex(4)))
    assert read(opened) == ("locust_merged", "long")
    older_run.assert_table(opened.table("overlay", TABLE, **PICKED))
    influx_without = stocked(influx, (), newer_run.summary(LAST, without=WORKER))
    without = replace(influx_without, raw=opened.raw)
    assert read(without) == ("locust", "")


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("merged_behind", "summary_behind", "wanted"),
    [(2, 9, ("locust_merged", "raw")), (15, 25, ("locust", "raw")), (25, 40, ("locust", ""))],
)
def test_of_a_run_that_goes_on_the_master_may_be_a_little_behind(
    influx: Influx, merged_behind: int, summary_behind: int, wanted: tuple[str, str]
) -> None:
    now = int(time.time())
    ahead = now - LAST
    told = [
        *newer_run.merged(until=(LAST - merged_behind) * NS),
        *newer_run.summary(LAST - summary_behind),
    ]
    raw, stopped = (influx.make_bucket(secrets.token_hex(4)) for _ in range(2))
    whole = newer_run.later([*newer_run.lines(), *told], ahead)
    influx.write(raw, [line for line in whole if ",event=stop," not in line])
    influx.write(stopped, whole)
    for before in (5, 0):
        range_ms = ((older_run.FIRST + ahead - before) * 1_000, (now + 5) * 1_000)
        assert read(Opened(influx, raw, "", range_ms)) == wanted
        assert read(Opened(influx, stopped, "", range_ms)) == ("locust", ""), "nothing more comes"


@pytest.mark.long
def test_a_run_that_has_just_begun_is_read_as_the_master_has_it(influx: Influx) -> None:
    """Of no span nothing more can come, so that none can miss an endpoint."""
    ahead = int(time.time()) - older_run.FIRST - 7
    raw = influx.make_bucket(secrets.token_hex(4))
    influx.write(
        raw,
        [
            line
            for line in newer_run.later([*newer_run.lines(), *newer_run.merged()], ahead)
            if int(line.rpartition(" ")[2]) // NS < older_run.FIRST + ahead + 7
        ],
    )
    begin = newer_run.seconds()[0] + ahead
    opened = Opened(influx, raw, "", (begin * 1_000, (begin + 20) * 1_000))
    assert read(opened)[0] == "locust_merged"
