"""The boards' queries through a real Grafana: none fails, none is empty, the numbers are exact."""

import urllib.error
import urllib.request
from collections import Counter
from typing import Any

import pytest
from dashboards import config, ranges, steps, thresholds
from tests.fixtures import (
    boards,
    encoded,
    expected,
    expected_curves,
    expected_ranges,
    expected_steps,
    expected_surroundings,
    grafana,
    recorded,
    surroundings,
)
from tests.fixtures.boards import Asked
from tests.fixtures.comparison import same_rows
from tests.fixtures.grafana import Grafana, filled_in
from tests.fixtures.panel_answers import PICKED, Row, answer, of_time, value
from tests.fixtures.recorded import T0

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE

MINUTE = schema.RESOLUTION_LONG
WINDOWS = (1, 10, MINUTE)
RIGHT = {f.__name__: f for f in (*expected_curves.WINDOWED, *expected_surroundings.WINDOWED)}
"""Those of a minute are read as what the workers wrote once a minute."""
NEVER_IN_THE_RECORDING = {"Verdict"}
OF_ANOTHER_TIME = "went on at another time"
"""What is only said where the range has nothing of the run."""


def of_catalogue(name: str, rows: list[Row]) -> list[tuple[Any, ...]]:
    # Of a name that is shown in short the whole one stands beside it.
    known = ({**row, "name": row.get("full", row["name"])} for row in rows)
    cells = ({**row, "method": row["method"] or ""} for row in known)
    return [tuple(row[column] for column in CATALOGUE[name].columns) for row in cells]


@pytest.mark.sample(3)
@pytest.mark.parametrize("asked", boards.every_query(), ids=str)
def test_every_query_is_answered(filled: Grafana, asked: Asked) -> None:
    rows = filled.ask(filled_in(asked.flux, PICKED), *expected.RANGE_MS)
    never = asked.of in NEVER_IN_THE_RECORDING or OF_ANOTHER_TIME in asked.flux
    assert bool(rows) != never


@pytest.mark.parametrize("window", WINDOWS)
def test_load_is_exact_at_every_zoom(filled: Grafana, window: int) -> None:
    load = "Load, and the machines' CPU"
    same_rows(of_time(answer(filled, load, window)), expected_curves.requests_per_second(window))
    # Among the load, too: what failed from some moment on is seen before anybody scrolls.
    for title, ref_id in (("Failures", "A"), (load, "F")):
        failed = answer(filled, title, window, ref_id)
        same_rows(of_time(failed), expected_curves.failures_per_second(window))
    users = [(t, cls, float(n)) for t, cls, n in expected.users(window)]
    same_rows(of_time(answer(filled, "Users by class", window), "user_class"), users)
    together: Counter[int] = Counter()
    for t, _, n in users:
        together[t] += int(n)
    all_users = [(t, float(n)) for t, n in together.items()]
    same_rows(of_time(answer(filled, load, window, "B")), all_users)
    same_rows(of_time(answer(filled, load, window, "C"), "host", "role"), expected.host_cpu(window))


@pytest.mark.parametrize("window", WINDOWS)
def test_percentiles_are_exact_at_every_zoom(filled: Grafana, window: int) -> None:
    found = [
        (row["Time"], name, row[name])
        for row in answer(filled, "Response times", window)
        for name in row.keys() - {"Time"}
        if row[name] is not None
    ]
    wanted = [
        (t, name, ms)
        for t, *values in expected.percentiles(window, by_minutes=window >= MINUTE)
        for name, ms in zip(("p50", "p95", "p99", "max"), values, strict=True)
    ]
    same_rows(found, wanted)


@pytest.mark.parametrize("window", WINDOWS)
def test_each_dot_has_the_times_and_the_load_of_its_window(filled: Grafana, window: int) -> None:
    times = {
        t: (p50, p95)
        for t, p50, p95, *_ in expected.percentiles(window, by_minutes=window >= MINUTE)
    }
    users: Counter[int] = Counter()
    for t, _, n in expected.users(window):
        users[t] += n
    requests = dict(expected_curves.requests_per_second(window))
    for name, right in (("users", users), ("requests/s", requests)):
        title = f"Response times against {name}"
        over, along = (answer(filled, title, window, ref) for ref in "AB")
        found = {row["time"]: (row["p50"], row["p95"]) for row in over if row["p50"] is not None}
        load = {row["time"]: row[name] for row in along if row[name] is not None}
        same_rows(
            [(t, *found[t], float(load[t])) for t in found.keys() & load.keys()],
            [(t, *times[t], float(right[t])) for t in times.keys() & right.keys()],
        )
        assert found.keys() == times.keys()


def test_load_steps_are_the_catalogue_s_in_words(filled: Grafana) -> None:
    rows = answer(filled, steps.TITLE)
    for row, right in zip(rows, expected_steps.load_steps(1), strict=True):
        start, seconds, _, stage, wanted, running, requests, rate, failures = right[:9]
        assert running > wanted, "then nobody is told how many ran"
        assert row["users"].splitlines() == [f"{wanted:.0f}", *([stage] if stage else [])]
        assert (row["start"], row["until"]) == (start, start + seconds * 1_000)
        found = (row["requests_per_second"], row["failed"], row["p50"], row["p95"], row["p99"])
        assert found == pytest.approx((rate, failures / requests, *right[9:12]), rel=1e-8)
        assert (row["requests"], row["hosts"], row["generators"]) == (requests, *right[14:])


def test_six_numbers_are_those_of_the_whole_run(filled: Grafana) -> None:
    (found,) = answer(filled, "")
    ((requests, rate, failures, _, p95, *_, cpu, host),) = expected_steps.figures(1)
    shown = (found["a_requests"], found["b_rate"], found["c_p95"], found["d_failed"])
    assert shown == pytest.approx((requests, rate, p95, failures / requests), rel=1e-8)
    assert (found["e_cpu"], found["host"]) == (f"{int(cpu + 0.5)} %", host)
    (judged,) = answer(filled, "", ref_id="B")
    assert judged["f_data"] == surroundings.AUDIT["said"]


@pytest.mark.parametrize(
    ("run", "end", "said"),
    [
        (recorded.RUN, str(T0 * 1_000), "not judged"),
        (recorded.RUN, "now", "not yet"),
        (grafana.SLOW_RUN, str(T0 * 1_000), "failed"),
    ],
)
def test_beside_them_stands_the_verdict(filled: Grafana, run: str, end: str, said: str) -> None:
    assert answer(filled, "", ref_id="C", run=run, run_end=end) == [{"g_verdict": said}]


def test_a_threshold_that_is_broken_comes_first(filled: Grafana) -> None:
    order = [row["outcome"] for row in answer(filled, thresholds.TITLE)]
    assert sorted(order, key=("broken", "can't tell", "not yet", "passed").index) == order
    assert order[0] == "broken"
    told = [str(one["outcome"]) for one in surroundings.THRESHOLDS]
    assert sorted(told) == sorted(order)
    assert told[0] != "broken", "the file's order would do"


def test_what_happened_is_told_on_one_axis(filled: Grafana) -> None:
    load = answer(filled, "What happened when")
    assert [row["load"] for row in load] == ["8 users", "peak hour: 12", "stopped"]
    assert [row["_time"] for row in load[:2]] == [row[0] for row in expected_steps.load_steps(1)]
    run = answer(filled, "What happened when", ref_id="B")
    # The first two came within one second.
    told = [
        *("2 workers joined", "worker-1 joined"),
        *("Locust's statistics were reset", "worker-2 left"),
    ]
    assert [row["run"] for row in run] == told
    judged = answer(filled, "What happened when", ref_id="B", run=grafana.SLOW_RUN)
    assert [row["run"] for row in judged] == ["failed"]
    run_id = recorded.OTHER_RUN
    for sign in ("\\", '"', "${"):  # as Flux has them in a text
        run_id = run_id.replace(sign, f"\\{sign}")
    other = answer(filled, "What happened when", ref_id="B", run=run_id)
    assert {surroundings.DUET_VERDICT, surroundings.VERDICT} <= {row["run"] for row in other}
    marks = answer(filled, "What happened when", ref_id="C")
    assert [row["marks"] for row in marks] == [
        f"{mark.kind}: {mark.text}" for mark in surroundings.MARKS
    ]


@pytest.mark.parametrize("window", WINDOWS)
def test_machines_are_exact_at_every_zoom(filled: Grafana, window: int) -> None:
    def values(title: str, *columns: str) -> list[tuple[Any, ...]]:
        return of_time(answer(filled, title, window), *columns)

    same_rows(values("Memory", "host", "role"), expected.host_memory(window))
    same_rows(values("Disk", "host", "role", "direction"), expected.host_disk(window))
    network = values("Network", "host", "role", "direction")
    same_rows(network, expected_surroundings.host_traffic(window))
    load = [(*row[:3], row[4]) for row in expected_surroundings.host_load(window)]
    same_rows(values("Load average for each processor", "host", "role"), load)


@pytest.mark.parametrize(
    ("board", "title", "right", "columns"),
    [
        ("failures", "Answers by status", "status_classes", ("class",)),
        (
            "failures",
            "Failures over time",
            "failures_by_kind",
            ("name", "method", "status", "exception", "reason"),
        ),
        ("failures", "Lines logged", "logs_per_second", ("origin", "level")),
        ("generators", "Requests by worker", "worker_requests", ("worker",)),
        ("hosts", "What the processors do", "host_cpu_modes", ("host", "role", "mode")),
        ("hosts", "File systems", "host_disk_space", ("host", "role", "path")),
        ("hosts", "Network faults", "host_network_faults", ("host", "role", "fault")),
    ],
)
def test_lines_of_other_boards_are_exact(
    filled: Grafana, board: str, title: str, right: str, columns: tuple[str, ...]
) -> None:
    for window in WINDOWS:
        found = of_time(answer(filled, title, window, board=board), *columns)
        same_rows(found, RIGHT[right](window))


@pytest.mark.parametrize("window", WINDOWS)
def test_numbers_of_others_come_over_the_load(filled: Grafana, window: int) -> None:
    load = "Load, and the machines' CPU"
    for name in ("queue", "statsd_orders_placed"):
        rows = answer(filled, load, window, "D", other_measurement=[name])
        wanted = [row for row in expected_surroundings.others(window) if row[1] == name]
        same_rows(of_time(rows, "measurement", "field"), wanted)


@pytest.mark.parametrize("window", WINDOWS)
def test_endpoints_p95_is_exact_at_every_zoom(filled: Grafana, window: int) -> None:
    title = "p95 of the ten busiest endpoints"
    rows = answer(filled, title, window, board="endpoints", endpoint_resolution=str(encoded.SPAN))
    found = of_time(rows, "name", "method")
    window = max(window, encoded.SPAN)
    same_rows(found, expected_curves.endpoint_p95(window, by_minutes=window >= MINUTE))


@pytest.mark.parametrize("window", WINDOWS)
def test_heatmap_has_each_request_in_its_row(filled: Grafana, window: int) -> None:
    rows = answer(filled, "How many requests took how long", window, board="endpoints")
    found = [
        (row["time"], float(bound), int(count))
        for row in rows
        for bound, count in row.items()
        if bound != "time" and count is not None
    ]
    heatmap = expected_curves.latency_heatmap(window)
    wanted = [(t, round(bound, 3), n) for t, bound, n in heatmap]
    same_rows(found, wanted)


@pytest.mark.parametrize("t", ["500", "2000"])
def test_bars_of_ranges_are_the_catalogue_s_shares_and_scores(filled: Grafana, t: str) -> None:
    together, *rows = answer(filled, ranges.TITLE, board="endpoints", apdex_t=t)
    assert together["endpoint"].endswith(f"  {config.ALL_ENDPOINTS}")
    wanted = {
        f"{method} {boards.in_short(name)}".strip(): (
            *(n / sum(fared) for n in fared),
            int(apdex * 100 + 0.5) / 100,
        )
        for name, method, *fared, apdex in expected_ranges.response_ranges(1, t=int(t))
        if name != schema.AGGREGATED
    }
    found = {}
    for row in rows:
        score, _, name = row["endpoint"].partition("  ")
        shares = (row[c] for c in ("a_satisfied", "b_tolerating", "c_slow", "d_failed"))
        found[name] = (*shares, float(score.rstrip("*")))
    assert found.keys() == wanted.keys()
    for name, right in wanted.items():
        assert found[name] == pytest.approx(right, rel=1e-8)


def test_two_runs_lie_on_the_same_seconds_since_their_begin(filled: Grafana) -> None:
    """The same run a day before, of which at longer windows each lies elsewhere."""
    for title in (p["title"] for p in boards.panels("compare") if p["type"] == "trend"):
        here, there = (answer(filled, title, 1, ref, board="compare") for ref in "AB")
        assert [list(row.values()) for row in here] == [list(row.values()) for row in there]
    requests = "Requests, one over the other"
    for window in WINDOWS:
        for ref in "AB":
            rows = answer(filled, requests, window, ref, board="compare")
            total = sum(row["this run" if ref == "A" else "compared with"] for row in rows)
            assert total * window == pytest.approx(len(recorded.of_run()))


def test_line_ends_where_a_machine_was_silent(filled: Grafana) -> None:
    rows = [row for row in answer(filled, "Memory") if row["host"] == "shop-db"]
    silent = {(row["Time"] // 1_000 - T0) for row in rows if value(row) is None}
    assert silent == set(range(20, 33))


@pytest.mark.parametrize("window", WINDOWS)
def test_endpoints_table_is_exact(filled: Grafana, window: int) -> None:
    table = "Endpoints, over the whole time range"
    counts = of_catalogue("endpoint_counts", answer(filled, table, window))
    same_rows(counts, expected.endpoint_counts(window))
    shares = of_catalogue("endpoint_percentiles", answer(filled, table, window, ref_id="B"))
    wanted = expected.endpoint_percentiles(window, by_minutes=window >= MINUTE)
    same_rows(shares, wanted)


def test_data_source_is_healthy(filled: Grafana) -> None:
    health = filled.call(f"/api/datasources/uid/{grafana.DATA_SOURCE}/health")
    assert health["status"] == "OK", health


def test_board_can_not_be_changed_in_the_browser(filled: Grafana) -> None:
    board = filled.call("/api/dashboards/uid/swarmscope-overlay")
    assert board["meta"]["provisioned"]
    saved = filled.call("/api/dashboards/db", {"dashboard": board["dashboard"] | {"title": "mine"}})
    assert "provisioned" in saved["message"], saved


def test_nobody_is_let_in_without_a_password(filled: Grafana) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{filled.url}/api/search", timeout=10)
    assert refused.value.code == 401


def test_grafana_starts_without_complaint(filled: Grafana) -> None:
    assert filled.log
    lines = filled.log.read_text(encoding="utf-8").splitlines()
    # Its own migrations of an empty database warn, and on a full machine two of them want it at
    # once; nothing of ours may.
    errors = [line for line in lines if "level=error" in line]
    assert [line for line in errors if "database is locked" not in line] == []
    assert [line for line in lines if "level=warn" in line and "provisioning" in line] == []
