"""The boards' queries through a real Grafana: none fails, none is empty, the numbers are exact."""

import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from dashboards import config, ranges, steps
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
from tests.fixtures.boards import NOTHING_PICKED, Asked
from tests.fixtures.comparison import same_rows
from tests.fixtures.grafana import EARLIER_RUN, EARLIER_S, SLOW_RUN, Grafana, filled_in
from tests.fixtures.recorded import ITEM, RUN, SEARCH, T0

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE

MINUTE = schema.RESOLUTION_LONG
WINDOWS = (1, 10, MINUTE)
RIGHT = {f.__name__: f for f in (*expected_curves.WINDOWED, *expected_surroundings.WINDOWED)}
"""Those of a minute are read as what the workers wrote once a minute."""
PICKED = {
    **NOTHING_PICKED,
    "run": RUN,
    "run_start": str(T0 * 1_000),
    "baseline": EARLIER_RUN,
    "baseline_start": str((T0 - EARLIER_S) * 1_000),
    "other_measurement": ["queue"],
}
NEVER_IN_THE_RECORDING = {"Verdict"}
OF_ANOTHER_TIME = "went on at another time"
"""What is only said where the range has nothing of the run."""
Row = dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """A Grafana with our provisioning, before the recorded run."""
    grafana.skip_where_missing()
    with grafana.with_recorded_run(tmp_path_factory.mktemp("grafana")) as running:
        yield running


def answer(
    server: Grafana,
    title: str,
    window: int = 1,
    ref_id: str = "A",
    board: str = "overlay",
    **picked: Any,
) -> list[Row]:
    """Return what the panel *title* gets."""
    flux = filled_in(boards.panel_query(board, title, ref_id), {**PICKED, **picked})
    return server.ask(flux, *expected.RANGE_MS, window)


def of_time(rows: list[Row], *columns: str) -> list[tuple[Any, ...]]:
    """Return the rows' times, *columns* and values; that which is empty is a gap."""
    cells = [
        (row["Time"], *(row.get(column) or "" for column in columns), value(row)) for row in rows
    ]
    return [row for row in cells if row[-1] is not None]


def value(row: Row) -> Any:
    """Return the one value of a line's point: its column is called by whatever it is."""
    return list(row.values())[-1]


def of_catalogue(name: str, rows: list[Row]) -> list[tuple[Any, ...]]:
    cells = ({**row, "method": row["method"] or ""} for row in rows)
    return [tuple(row[column] for column in CATALOGUE[name].columns) for row in cells]


@pytest.mark.sample(3)
@pytest.mark.parametrize("asked", boards.every_query(), ids=str)
def test_every_query_is_answered(server: Grafana, asked: Asked) -> None:
    rows = server.ask(filled_in(asked.flux, PICKED), *expected.RANGE_MS)
    never = asked.of in NEVER_IN_THE_RECORDING or OF_ANOTHER_TIME in asked.flux
    assert bool(rows) != never


@pytest.mark.parametrize("window", WINDOWS)
def test_load_is_exact_at_every_zoom(server: Grafana, window: int) -> None:
    load = "Load, and the machines' CPU"
    same_rows(of_time(answer(server, load, window)), expected.requests_per_second(window))
    same_rows(of_time(answer(server, "Failures", window)), expected.failures_per_second(window))
    users = [(t, cls, float(n)) for t, cls, n in expected.users(window)]
    same_rows(of_time(answer(server, "Users by class", window), "user_class"), users)
    together: Counter[int] = Counter()
    for t, _, n in users:
        together[t] += int(n)
    all_users = [(t, float(n)) for t, n in together.items()]
    same_rows(of_time(answer(server, load, window, "B")), all_users)
    same_rows(of_time(answer(server, load, window, "C"), "host", "role"), expected.host_cpu(window))


@pytest.mark.parametrize("window", WINDOWS)
def test_percentiles_are_exact_at_every_zoom(server: Grafana, window: int) -> None:
    found = [
        (row["Time"], name, row[name])
        for row in answer(server, "Response times", window)
        for name in row.keys() - {"Time"}
        if row[name] is not None
    ]
    wanted = [
        (t, name, ms)
        for t, *values in expected.percentiles(window, by_minutes=window >= MINUTE)
        for name, ms in zip(("p50", "p95", "p99", "max"), values, strict=True)
    ]
    same_rows(found, wanted)


def test_load_steps_are_the_catalogue_s_in_words(server: Grafana) -> None:
    rows = answer(server, steps.TITLE)
    for row, right in zip(rows, expected_steps.load_steps(1), strict=True):
        start, seconds, _, wanted, running, requests, rate, failures = right[:8]
        assert running > wanted, "then nobody is told how many ran"
        assert row["users"] == f"{wanted:.0f}"
        assert (row["start"], row["until"]) == (start, start + seconds * 1_000)
        found = (row["requests_per_second"], row["failed"], row["p50"], row["p95"], row["p99"])
        assert found == pytest.approx((rate, failures / requests, *right[8:11]), rel=1e-8)
        assert (row["requests"], row["hosts"], row["generators"]) == (requests, *right[13:])


def test_six_numbers_are_those_of_the_whole_run(server: Grafana) -> None:
    (found,) = answer(server, "")
    ((requests, rate, failures, _, p95, *_, cpu, host),) = expected_steps.figures(1)
    shown = (found["a_requests"], found["b_rate"], found["c_p95"], found["d_failed"])
    assert shown == pytest.approx((requests, rate, p95, failures / requests), rel=1e-8)
    assert (found["e_cpu"], found["host"]) == (f"{int(cpu + 0.5)} %", host)
    (judged,) = answer(server, "", ref_id="B")
    assert judged["f_data"] == surroundings.AUDIT["said"]


def test_what_happened_is_told_on_one_axis(server: Grafana) -> None:
    load = answer(server, "What happened when")
    assert [row["load"] for row in load] == ["8 users", "12 users", "stopped"]
    assert [row["_time"] for row in load[:2]] == [row[0] for row in expected_steps.load_steps(1)]
    workers = answer(server, "What happened when", ref_id="B")
    # The first two came within one second.
    told = ["2 workers joined", "worker-1 joined", "worker-2 left"]
    assert [row["workers"] for row in workers] == told
    marks = answer(server, "What happened when", ref_id="C")
    assert [row["marks"] for row in marks] == [
        f"{mark.kind}: {mark.text}" for mark in surroundings.MARKS
    ]


@pytest.mark.parametrize("window", WINDOWS)
def test_machines_are_exact_at_every_zoom(server: Grafana, window: int) -> None:
    def values(title: str, *columns: str) -> list[tuple[Any, ...]]:
        return of_time(answer(server, title, window), *columns)

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
    server: Grafana, board: str, title: str, right: str, columns: tuple[str, ...]
) -> None:
    for window in WINDOWS:
        found = of_time(answer(server, title, window, board=board), *columns)
        same_rows(found, RIGHT[right](window))


@pytest.mark.parametrize("window", WINDOWS)
def test_numbers_of_others_come_over_the_load(server: Grafana, window: int) -> None:
    load = "Load, and the machines' CPU"
    for name in ("queue", "statsd_orders_placed"):
        rows = answer(server, load, window, "D", other_measurement=[name])
        wanted = [row for row in expected_surroundings.others(window) if row[1] == name]
        same_rows(of_time(rows, "measurement", "field"), wanted)


def test_the_busiest_endpoints_are_found_whatever_they_are_called(server: Grafana) -> None:
    """They are looked up by an expression that is written into the query."""
    (candidates,) = offered(server, "candidates", run=grafana.ODD_RUN)
    title, board = "p95 of the ten busiest endpoints", "endpoints"
    found = answer(server, title, board=board, run=grafana.ODD_RUN, candidates=candidates)
    assert len({row["name"] for row in found}) == 10
    assert found == answer(server, title, board=board, run=grafana.ODD_RUN)


@pytest.mark.parametrize("window", WINDOWS)
def test_endpoints_p95_is_exact_at_every_zoom(server: Grafana, window: int) -> None:
    title = "p95 of the ten busiest endpoints"
    rows = answer(server, title, window, board="endpoints", endpoint_resolution=str(encoded.SPAN))
    found = of_time(rows, "name", "method")
    window = max(window, encoded.SPAN)
    same_rows(found, expected_curves.endpoint_p95(window, by_minutes=window >= MINUTE))


@pytest.mark.parametrize("window", WINDOWS)
def test_heatmap_has_each_request_in_its_row(server: Grafana, window: int) -> None:
    rows = answer(server, "How many requests took how long", window, board="endpoints")
    found = [
        (row["time"], float(bound), int(count))
        for row in rows
        for bound, count in row.items()
        if bound != "time" and count is not None
    ]
    heatmap = expected_curves.latency_heatmap(window)
    wanted = [(t, round(bound, 3), n) for t, bound, n in heatmap]
    same_rows(found, wanted)


def in_short(name: str) -> str:
    return name if len(name) <= 26 else f"{name[:9]}…{name[-16:]}"


@pytest.mark.parametrize("t", ["500", "2000"])
def test_bars_of_ranges_are_the_catalogue_s_shares_and_scores(server: Grafana, t: str) -> None:
    together, *rows = answer(server, ranges.TITLE, board="endpoints", apdex_t=t)
    assert together["endpoint"].endswith(f"  {config.ALL_ENDPOINTS}")
    wanted = {
        f"{method} {in_short(name)}".strip(): (
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


def test_two_runs_lie_on_the_same_seconds_since_their_begin(server: Grafana) -> None:
    """The same run a day before, of which at longer windows each lies elsewhere."""
    for title in (p["title"] for p in boards.panels("compare") if p["type"] == "trend"):
        here, there = (answer(server, title, 1, ref, board="compare") for ref in "AB")
        assert [list(row.values()) for row in here] == [list(row.values()) for row in there]
    requests = "Requests, one over the other"
    for window in WINDOWS:
        for ref in "AB":
            rows = answer(server, requests, window, ref, board="compare")
            total = sum(row["this run" if ref == "A" else "compared with"] for row in rows)
            assert total * window == pytest.approx(len(recorded.of_run()))


def test_line_ends_where_a_machine_was_silent(server: Grafana) -> None:
    rows = [row for row in answer(server, "Memory") if row["host"] == "shop-db"]
    silent = {(row["Time"] // 1_000 - T0) for row in rows if value(row) is None}
    assert silent == set(range(20, 33))


@pytest.mark.parametrize("window", WINDOWS)
def test_endpoints_table_is_exact(server: Grafana, window: int) -> None:
    table = "Endpoints, over the whole time range"
    counts = of_catalogue("endpoint_counts", answer(server, table, window))
    same_rows(counts, expected.endpoint_counts(window))
    shares = of_catalogue("endpoint_percentiles", answer(server, table, window, ref_id="B"))
    wanted = expected.endpoint_percentiles(window, by_minutes=window >= MINUTE)
    same_rows(shares, wanted)


def test_picked_endpoints_and_workers_are_added_up(server: Grafana) -> None:
    """Names with every character that means something in an expression."""
    picked = {"endpoint": [ITEM[0], SEARCH[0]], "worker": ["worker-1", "worker-2"]}
    found = of_time(answer(server, "Load, and the machines' CPU", 10, **picked))
    wanted = Counter(
        (T0 + r.second) // 10 * 10_000
        for r in recorded.of_run()
        if r.endpoint in (ITEM, SEARCH) and r.worker in picked["worker"]
    )
    same_rows(found, [(t, n / 10) for t, n in wanted.items()])


def test_only_picked_hosts_are_asked_for(server: Grafana) -> None:
    for title, ref_id in (
        ("Load, and the machines' CPU", "C"),
        ("Memory", "A"),
        ("Disk", "A"),
        ("Network", "A"),
    ):
        rows = answer(server, title, ref_id=ref_id, host=["shop-db"])
        assert {row["host"] for row in rows} == {"shop-db"}, title


def test_machine_keeps_its_number_by_which_it_has_a_colour_whatever_is_picked(
    server: Grafana,
) -> None:
    for title, way in (("Memory", ""), ("Network", " received"), ("Disk", " written")):
        for hosts in (["gen-a", "shop-db"], ["shop-db"], ["gen-a"]):
            numbered = {
                (row["host"], list(row)[-1])
                for row in answer(server, title, host=hosts)
                if not way or row["direction"] == way.strip()
            }
            every = {("gen-a", f"generator{way} 0"), ("shop-db", f"target{way} 1")}
            assert numbered == {one for one in every if one[0] in hosts}


def offered(server: Grafana, name: str, **picked: str) -> list[str]:
    """Return what the variable *name* can be."""
    every = (a for board in boards.boards() for a in boards.variable_queries(board))
    flux = next(a.flux for a in every if a.of == name)
    rows = server.ask(filled_in(flux, {**PICKED, **picked}), *expected.RANGE_MS)
    return [next(iter(row.values())) for row in rows]


def test_variables_offer_what_there_is(server: Grafana) -> None:
    # The other one's id would end the text that a query puts it into.
    run, *elsewhere = offered(server, "run")
    assert (run, set(elsewhere)) == (RUN, {EARLIER_RUN, SLOW_RUN} & set(elsewhere))
    assert EARLIER_RUN in elsewhere
    assert offered(server, "other_measurement") == [
        config.UNPICKED,
        "queue",
        "statsd_orders_placed",
    ]
    assert offered(server, "other_field") == ["depth"]
    assert offered(server, "endpoint") == sorted({r.endpoint[0] for r in recorded.of_run()})
    assert offered(server, "worker") == ["worker-0", "worker-1", "worker-2"]
    assert offered(server, "host") == ["gen-a (generator)", "shop-db (target)"]
    assert offered(server, "resolution") == [1]
    assert offered(server, "resolution", run=SLOW_RUN) == [5]
    assert offered(server, "baseline") == [EARLIER_RUN, "(none)", SLOW_RUN]
    assert offered(server, "run_start") == [T0 * 1_000]
    assert offered(server, "baseline_start") == [(T0 - EARLIER_S) * 1_000]
    assert offered(server, "baseline_start", baseline="(none)") == [expected.RANGE_MS[0]]


def test_rate_is_not_multiplied_where_the_run_was_recorded_in_longer_windows(
    server: Grafana,
) -> None:
    rows = answer(server, "Load, and the machines' CPU", run=SLOW_RUN, resolution="5")
    assert {row[-1] for row in of_time(rows)} == {10.0}


def test_data_source_is_healthy(server: Grafana) -> None:
    health = server.call(f"/api/datasources/uid/{grafana.DATA_SOURCE}/health")
    assert health["status"] == "OK", health


def test_board_can_not_be_changed_in_the_browser(server: Grafana) -> None:
    board = server.call("/api/dashboards/uid/swarmscope-overlay")
    assert board["meta"]["provisioned"]
    saved = server.call("/api/dashboards/db", {"dashboard": board["dashboard"] | {"title": "mine"}})
    assert "provisioned" in saved["message"], saved


def test_nobody_is_let_in_without_a_password(server: Grafana) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{server.url}/api/search", timeout=10)
    assert refused.value.code == 401


def test_grafana_starts_without_complaint(server: Grafana) -> None:
    assert server.log
    lines = server.log.read_text(encoding="utf-8").splitlines()
    # Its own migrations of an empty database warn; nothing of ours may.
    assert [line for line in lines if "level=error" in line] == []
    assert [line for line in lines if "level=warn" in line and "provisioning" in line] == []
