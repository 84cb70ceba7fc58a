"""`swarmscope summarise`, and audits that put a summary right: from the workers' own points."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fixtures import encoded, expected_summaries, recorded
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.recorded import RUN, T0
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store, embedded, real

from swarmscope import schema
from swarmscope.errors import ExitCode
from swarmscope.line_protocol import line, series
from swarmscope.settings import Settings
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question
from swarmscope.store.write import post

MASTER = {"run": RUN, "worker": "master", "env": "test"}
STORED = {row[:2]: row[4] for row in expected_summaries.endpoint_sums(0)}


def write(store: Store, lines: list[str], bucket: str = "") -> None:
    settings = Settings.from_env(store.env)
    post(lines, replace(settings, bucket=bucket or settings.bucket), what="", data="")


def summary(store: Store, bucket: str = "", run: str = RUN) -> dict[tuple[str, str], int]:
    """Return what each endpoint's newest summary counts."""
    rows = store.reader.ask(Question("kept_summaries", run, *EVER, bucket=bucket)).records()
    return {(row["name"], row["method"]): row["requests"] for row in rows}


def values(store: Store) -> dict[str, float]:
    """Return the numbers of the newest summary of all endpoints together."""
    rows = store.reader.ask(Question("points", RUN)).records()
    return {
        row["field"]: row["number"]
        for row in rows
        if row["measurement"] == "locust_summary"
        and json.loads(row["tags"])["name"] == schema.AGGREGATED
    }


def told(count: int, second: int, name: str = schema.AGGREGATED, **more: str) -> str:
    """Return what a master's summary of that second says of an endpoint."""
    tags = series("locust_summary", {**MASTER, "name": name, **more})
    return line(tags, {"count": count, "p95": 1.0}, (T0 + second) * 10**9)


@pytest.fixture(params=["embedded", pytest.param("influxd", marks=pytest.mark.long)])
def bare_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Each of the stores in turn, with nothing in it."""
    if request.param == "embedded":
        with embedded(tmp_path) as running:
            yield running
    else:
        with real(request.getfixturevalue("influx")) as running:
            yield running


@pytest.fixture
def own_store(bare_store: Store) -> Store:
    """One that has the recorded run."""
    write(bare_store, encoded.lines())
    return bare_store


@pytest.mark.long
def test_a_run_is_summarised_from_its_points_as_its_master_would_have(own_store: Store) -> None:
    first = swarmscope("summarise", RUN, env=own_store.env)
    assert (first.returncode, "no summary before" in first.stdout) == (0, True), first.stderr
    assert summary(own_store) == STORED
    long = Settings.from_env(own_store.env).bucket_long
    assert summary(own_store, long) == STORED
    (right,) = [
        row
        for row in own_store.reader.ask(Question("endpoint_percentiles", RUN)).records()
        if row["name"] == schema.AGGREGATED
    ]
    found = values(own_store)
    assert [found[p] for p in ("p50", "p95", "p99")] == pytest.approx(
        [right[p] for p in ("p50", "p95", "p99")]
    )
    times = [r.time_ms for r in recorded.of_run() if r.time_ms is not None]
    assert found["timed"] == len(times)
    assert found["avg"] == pytest.approx(sum(times) / len(times))
    again = swarmscope("summarise", RUN, env=own_store.env)
    assert (again.returncode, "as before" in again.stdout) == (0, True)


@pytest.mark.release
def test_endpoints_whose_histograms_went_with_a_killed_worker_are_counted_all_the_same(
    bare_store: Store,
) -> None:
    lines = encoded.lines()
    write(
        bare_store,
        [
            one
            for one in lines
            if not one.startswith("locust_latency,") or "name=Aggregated," in one
        ],
    )
    done = swarmscope("audit", RUN, "--wait", "0", env=bare_store.env)
    assert done.returncode == 0, done.stderr
    assert summary(bare_store) == STORED
    rows = bare_store.reader.ask(Question("points", RUN)).records()
    known = {
        json.loads(row["tags"])["name"]
        for row in rows
        if row["measurement"] == "locust_summary" and row["field"] == "p95"
    }
    assert known == {schema.AGGREGATED}


def test_a_wrong_summary_is_replaced_wherever_it_stands(own_store: Store) -> None:
    """Past the newest request, and of an endpoint of which nothing is stored."""
    write(own_store, [told(7, 500), told(7, 500, "gone", method="GET")])
    done = swarmscope("summarise", RUN, env=own_store.env)
    assert "before it said 7" in done.stdout, done.stderr
    assert summary(own_store) == {**STORED, ("gone", "GET"): 0}


@pytest.mark.long
def test_an_audit_says_what_differs_where_the_sums_are_the_same(own_store: Store) -> None:
    moved = next(key for key in STORED if key[1])
    told_of = {("gone", "GET") if key == moved else key: n for key, n in STORED.items()}
    write(own_store, [told(n, 500, name, method=method) for (name, method), n in told_of.items()])
    done = swarmscope("audit", RUN, "--wait", "0", env=own_store.env)
    assert "endpoints had other numbers" in done.stderr, done.stderr
    assert summary(own_store) == {**STORED, ("gone", "GET"): 0}


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_what_lists_say_is_counted_anew_whatever_they_said(own_store: Store) -> None:
    def listed() -> list[int]:
        rows = own_store.reader.ask(Question("runs", "", *EVER)).records()
        return [row["requests"] for row in rows if row["run"] == RUN]

    assert swarmscope("summarise", RUN, env=own_store.env).returncode == 0
    right = listed()
    (kept,) = own_store.reader.ask(Question("run_audit", RUN, *EVER)).records()
    wrong = line(series("locust_run_summary", {"run": RUN}), {"count": 7}, kept["time"] * 10**6)
    write(own_store, [wrong])
    assert listed() == [7], "it is believed"
    assert swarmscope("summarise", RUN, env=own_store.env).returncode == 0
    assert listed() == right == [STORED[schema.AGGREGATED, ""]]


@pytest.mark.long
def test_an_audit_puts_right_what_differs_and_nothing_else(own_store: Store) -> None:
    write(own_store, [told(7, 10)])
    first = swarmscope("audit", RUN, "--wait", "0", env=own_store.env)
    assert "written anew" in first.stderr
    assert "it said 7" in first.stderr
    assert summary(own_store) == STORED
    again = swarmscope("audit", RUN, "--wait", "0", env=own_store.env)
    assert "written anew" not in again.stderr


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_summary_outlives_the_points_that_it_tells_of(bare_store: Store) -> None:
    """The bucket no longer has the run's begin: less is stored, and nothing is wrong."""
    left = [text for text in encoded.lines() if "event=start" not in text]
    write(bare_store, [*left, told(10**6, 90)])
    done = swarmscope("summarise", RUN, env=bare_store.env)
    assert done.returncode == ExitCode.NO_DATA
    assert "no longer in the store" in done.stderr
    swarmscope("audit", RUN, "--wait", "0", env=bare_store.env)
    assert summary(bare_store)[schema.AGGREGATED, ""] == 10**6


@pytest.mark.long
def test_a_run_that_nobody_knows_or_that_goes_on_is_refused(store: Store) -> None:
    unknown = swarmscope("summarise", "nosuch", env=store.env)
    assert (unknown.returncode, "nosuch" in unknown.stderr) == (ExitCode.NO_DATA, True)
    now = int(time.time())
    write(store, run_lines("going", now, [Told(final=False, heard=0)], stopped=None))
    going = swarmscope("summarise", "going", env=store.env)
    assert (going.returncode, "goes on" in going.stderr) == (ExitCode.WRONG_USAGE, True)


@pytest.mark.long
def test_a_store_that_no_server_holds_is_summarised_in_its_file(tmp_path: Path) -> None:
    with embedded(tmp_path) as running:
        write(running, encoded.lines())
    done = swarmscope("summarise", RUN, "--data", str(tmp_path))
    assert done.returncode == 0, done.stderr
    with embedded(tmp_path) as running:
        assert summary(running) == STORED
        (row,) = running.reader.ask(Question("kept_audits")).records()
        assert row["final"] is not None
