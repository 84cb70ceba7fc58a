"""The numbers of a part of a run, from either store, against what is known of every request."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from tests.fixtures import encoded, expected, expected_curves, recorded, stores
from tests.fixtures.comparison import same_rows
from tests.fixtures.influxd import Influx
from tests.fixtures.recorded import RUN, SECONDS, T0, Request
from tests.fixtures.recorded_arrivals import CLASSES, outcomes
from tests.fixtures.server_process import swarmscope, write
from tests.fixtures.stores import Store

from swarmscope.errors import ExitCode
from swarmscope.report.contents import contents_of
from swarmscope.report.summary import summarize
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.listing import list_runs
from swarmscope.runs.part import Wanted

BETWEEN = ("--from", "30s", "--to", "1m")


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stores.embedded(tmp_path_factory.mktemp("store")) as running:
        write(running.env["INFLUXDB_V2_URL"], encoded.lines())
        yield running


@pytest.fixture(scope="module")
def real(influx: Influx) -> Iterator[Store]:
    with stores.real(influx) as running:
        influx.write(running.env["INFLUXDB_V2_BUCKET"], encoded.lines())
        yield running


_THE_REAL_ONE_LATER = pytest.mark.parametrize(
    "holding", ["embedded", pytest.param("real", marks=pytest.mark.long)], indirect=True
)
"""Where the questions are those of the tests that ask both stores."""


@pytest.fixture(params=["embedded", "real"])
def holding(request: pytest.FixtureRequest) -> Store:
    """Each of the stores in turn, with the recorded runs."""
    found: Store = request.getfixturevalue(request.param)
    return found


def of_part(first: int, end: int, run: str = RUN) -> list[Request]:
    """Return the requests of *run* from the second *first* until the second *end*."""
    return [r for r in recorded.of_run(run) if first <= r.second < end]


@pytest.mark.long_sample(2)
@pytest.mark.sample(9)
@pytest.mark.parametrize(
    ("options", "first", "end", "users"),
    [
        ({"since": "30s", "until": "1m"}, 30, 60, 12),
        ({"warm_up": "40s"}, 40, SECONDS, 12),
        ({"until": "30s"}, 0, 30, 8),
        ({"since": str(T0 + 50), "until": str(T0 + 51)}, 50, 51, 12),
    ],
)
def test_a_parts_numbers_are_those_of_its_requests(
    holding: Store, options: dict[str, str], first: int, end: int, users: int
) -> None:
    wanted = Wanted.of(**options)
    requests = of_part(first, end)
    failures = sum(r.failure is not None for r in requests)
    p50, p95, p99 = expected.quantiles(requests)
    found = summarize(contents_of(holding.reader, RUN, wanted))
    assert (found.requests, found.failures, found.users) == (len(requests), failures, users)
    assert (found.p50, found.p95, found.p99) == pytest.approx((p50, p95, p99))
    assert found.part
    assert found.part.start == (T0 + first) * 1_000
    (listed,) = (run for run in list_runs(holding.reader, 10, wanted) if run.run == RUN)
    assert (listed.requests, listed.failures, listed.users) == (len(requests), failures, users)
    assert listed.p95 == pytest.approx(p95)
    assert listed.seconds == found.seconds
    if end < SECONDS:
        assert found.seconds == end - first


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_totals_and_failures_are_the_parts_and_charts_show_the_whole_run(holding: Store) -> None:
    found = contents_of(holding.reader, RUN, Wanted.of(since="30s", until="1m"))
    requests = of_part(30, 60)
    assert sum(row["requests"] for row in found.records("endpoint_totals")) == len(requests)
    assert sum(row["failures"] for row in found.records("exceptions")) == sum(
        r.failure is not None for r in requests
    )
    drawn = {row["time"] for row in found.records("requests_per_second")}
    assert drawn == {time for time, _ in expected_curves.requests_per_second(1)}
    assert len(found.records("delivery")) == len(recorded.WORKERS)
    health = {row["time"] for row in found.within("workers")}
    assert health == {(T0 + second) * 1_000 for second in range(30, 60)}


def extremes(requests: Iterable[Request]) -> tuple[float, float]:
    """Return the shortest and the longest time of *requests*."""
    times = [r.time_ms for r in requests if r.time_ms is not None]
    return min(times), max(times)


@pytest.mark.long
def test_an_endpoint_s_percentiles_are_those_of_the_whole_spans_in_a_part(holding: Store) -> None:
    """What came in the rest of the last one may be what the part was made to end before."""
    found = contents_of(holding.reader, RUN, Wanted.of(since="30s", until="1m"))
    assert (T0 + 57) % encoded.SPAN == 0
    # Of the span in which the part begins one worker's begin is in it.
    spans = [r for r in of_part(30, 57) if r.second >= 37 or r.worker == "worker-1"]
    endpoints = {r.endpoint for r in spans if r.time_ms is not None}
    wanted = [
        (
            *endpoint,
            *expected.quantiles(
                [r for r in spans if r.endpoint == endpoint],
                of=[r for r in of_part(30, 57) if r.endpoint == endpoint],
            ),
            *extremes(r for r in of_part(30, 57) if r.endpoint == endpoint),
        )
        for endpoint in endpoints
    ]
    rows = found.tables["endpoint_percentiles"].rows
    same_rows([row for row in rows if row[0] != "Aggregated"], wanted)
    together = (*expected.quantiles(of_part(30, 60)), *extremes(of_part(30, 60)))
    same_rows([row for row in rows if row[0] == "Aggregated"], [("Aggregated", "", *together)])


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_an_endpoint_s_ranges_are_those_of_the_whole_spans_in_a_part(holding: Store) -> None:
    """The outage that the part was made to end before is in none of them."""
    found = contents_of(holding.reader, RUN, Wanted.of(since="30s", until="1m"))
    spans = [r for r in of_part(30, 57) if r.second >= 37 or r.worker == "worker-1"]
    good = Counter(r.endpoint for r in spans if r.time_ms is not None and not r.failure)
    bad = Counter(r.endpoint for r in of_part(30, 57) if r.failure)
    rows = found.records("response_ranges")
    together = next(row for row in rows if row["name"] == "Aggregated")
    assert together["failed"] == sum(r.failure is not None for r in of_part(30, 60))
    for row in rows:
        if row is not together:
            endpoint = row["name"], row["method"]
            answered = row["satisfied"] + row["tolerating"] + row["slow"]
            assert (answered, row["failed"]) == (good[endpoint], bad[endpoint])


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_iterations_and_their_intended_starts_are_the_part_s(holding: Store) -> None:
    """Nothing but spans tells of the latter, of all endpoints together neither."""
    found = contents_of(holding.reader, RUN, Wanted.of(since="30s", until="1m"))
    seconds = [s for w in recorded.WORKERS for s in w.seconds if 30 <= s < 60]
    counts = [outcomes(s, cls) for s in seconds for cls in CLASSES]
    assert found.arrivals == Arrivals(
        *(sum(one[name] for one in counts) for name in ("due", "dropped", "late"))
    )
    spans = [r for r in of_part(30, 57) if r.second >= 37 or r.worker == "worker-1"]
    told = {(r["name"], r["method"]): r["requests"] for r in found.records("intended")}
    assert told.pop(("Aggregated", "")) == sum(r.time_ms is not None for r in spans)
    assert told == Counter(r.endpoint for r in spans if r.time_ms is not None)


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_a_part_without_a_whole_span_has_no_percentiles_of_endpoints(holding: Store) -> None:
    found = contents_of(holding.reader, RUN, Wanted.of(since="31s", until="36s"))
    assert {row[0] for row in found.tables["endpoint_percentiles"].rows} == {"Aggregated"}
    assert len(found.tables["endpoint_totals"].rows) > 1


@pytest.mark.long_sample(2)
@pytest.mark.long
def test_every_run_is_listed_with_its_part(holding: Store) -> None:
    done = swarmscope("runs", "--warm-up", "1m", env=holding.env)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    said, head, *rows = done.stdout.splitlines()
    assert (
        said == "Only a part of each run: --warm-up 1m after its start; VERDICT and AUDIT are "
        "about all of it."
    )
    assert head.startswith("RUN")
    for run in (RUN, recorded.OTHER_RUN):
        (row,) = (row for row in rows if row.startswith(run))
        assert re.search(rf" 12 +{len(of_part(60, SECONDS, run))} ", row)


@pytest.mark.long
@_THE_REAL_ONE_LATER
def test_a_report_says_which_part_it_is_about(holding: Store, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = swarmscope("report", RUN, *BETWEEN, "--out", str(out), env=holding.env)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert re.search(r"^Part +only 0:00:30 to 0:01:00 after the start", done.stdout, re.MULTILINE)
    assert f"{len(of_part(30, 60))} (" in done.stdout
    assert re.search("^Audit +complete", done.stdout, re.MULTILINE)
    page = out.read_text(encoding="utf-8")
    assert " · part of a run · swarmscope</title>" in page
    inside = json.loads(page.split('id="embedded">')[1].split("</script>")[0])
    assert (inside["part"]["from"], inside["part"]["to"]) == ((T0 + 30) * 1_000, (T0 + 60) * 1_000)
    assert inside["part"]["figures"]["requests"] == len(of_part(30, 60))


@pytest.mark.long_sample(2)
@pytest.mark.long
@_THE_REAL_ONE_LATER
def test_json_says_which_part_it_is_about(holding: Store, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    done = swarmscope("report", RUN, *BETWEEN, "--out", str(out), "--json", env=holding.env)
    told = json.loads(done.stdout)
    assert told["part"]["seconds"] == 30
    assert told["requests"] == len(of_part(30, 60))
    assert told["report"] == str(out)
    listed = json.loads(swarmscope("runs", *BETWEEN, "--json", env=holding.env).stdout)
    assert {run["run"]: run["part"] for run in listed}[RUN] == told["part"]
    whole = json.loads(swarmscope("runs", "--json", env=holding.env).stdout)
    assert {run["part"] for run in whole} == {None}


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize("command", [["runs"], ["report", RUN]])
@pytest.mark.parametrize(
    ("options", "code", "says"),
    [
        (("--from", "1h"), ExitCode.NO_DATA, "part that was asked for"),
        (
            ("--to", "2001-01-01"),
            ExitCode.NO_DATA,
            "lies in the part that was asked for",
        ),
        (("--from", "10s", "--to", "10.4s"), ExitCode.NO_DATA, "lies in the part"),
        (("--from", "soon"), ExitCode.WRONG_USAGE, "--from is 'soon'"),
        (
            ("--from", "1m", "--to", "30s"),
            ExitCode.WRONG_USAGE,
            "does not lie before",
        ),
    ],
)
def test_a_part_without_requests_is_no_data_and_a_wrong_one_is_wrong_usage(
    embedded: Store, command: list[str], options: tuple[str, ...], code: ExitCode, says: str
) -> None:
    done = swarmscope(*command, *options, env=embedded.env)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
