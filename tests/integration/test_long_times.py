"""Percentiles of response times of hours, of none at all, and of runs recorded by older bounds."""

import math
from collections.abc import Callable, Iterator

import pytest
from tests.fixtures.influxd import Influx
from tests.fixtures.stores import Unserved
from tests.fixtures.tallied import tallies_of

from swarmscope import schema
from swarmscope.embedded.database import Database
from swarmscope.errors import NoDataError
from swarmscope.recording.points import Encoder
from swarmscope.recording.tally import Raw
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question, Table

START = 1_780_000_000
SECONDS = 4
STOP_MS = (START + 60) * 1_000
BUCKET = schema.BUCKET
WITHIN = 0.021
"""2 % of a bucket, and its bounds have four digits."""
EXACT = 1 / 2_048
"""Response times of a second are written in multiples of 1/1024 ms."""
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
RUNS: dict[str, list[float]] = {
    "batch jobs": [1_254_000.0, 1_254_100.0, 1_255_000.0],
    "language models": [700.0, 12_000.0, 95_000.0, 310_000.0, 1_200_000.0],
    "three hours": [10_800_000.0],
    "no time at all": [0.0],
    "microseconds": [0.001, 0.004, 0.009, 0.02],
    "all the same": [100.3],
    "two kinds": [3.0] * 19 + [5_000.0],
}
OLD_RUN = "recorded with 290 s as the last bound"
OLD_MIN, OLD_MAX = 1_250_000.0, 1_260_000.0

Ask = Callable[[Question], Table]


def lines() -> list[str]:
    written: list[str] = []
    for run, times in RUNS.items():
        for worker in ("worker-0", "worker-1"):
            encoder = Encoder({"run": run, "worker": worker})
            for second in range(START, START + SECONDS):
                tally = Raw(("/a", "GET"), times, [10] * len(times), 0).fold()
                tallies = tallies_of({("/a", "GET"): tally})
                written += encoder.stats(tallies, second, 1, 1)
                written += encoder.latencies(tallies.items(), second)
                written.append(
                    encoder.point(
                        "locust_worker", {"host": "h"}, {"requests_seen": 1}, second * 10**9
                    )
                )
    for name in ("name=/a,method=GET", "name=Aggregated"):
        tags = f"run={OLD_RUN.replace(' ', chr(92) + ' ')},worker=worker-0"
        stats = f"count=9i,min_response_time={OLD_MIN},max_response_time={OLD_MAX}"
        written += [
            f"locust_stats,{name},{tags} {stats} {START}000000000",
            f"locust_latency,{name},{tags} 283400=0i,289100=9i {START}000000000",
        ]
        # Of a second the histogram was lost, and of the next all is there.
        tags = "run=torn,worker=worker-0"
        written += [
            f"locust_stats,{name},{tags} {stats} {START}000000000",
            f"locust_stats,{name},{tags} {stats} {START + 1}000000000",
            f"locust_latency,{name},{tags} 1257000=0i,1283000=9i {START + 1}000000000",
            f"locust_stats,{name},run=bare,worker=worker-0 {stats} {START}000000000",
        ]
    return written


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    with Database(tmp_path_factory.mktemp("store")) as database:
        database.write(BUCKET, "\n".join(lines()))
        yield Unserved(database, BUCKET).ask


@pytest.fixture(scope="module")
def flux(influx: Influx) -> Iterator[Ask]:
    influx.write(influx.make_bucket("long_times"), lines())
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket="long_times")
    with FluxReader(settings) as reader:
        yield reader.ask


@pytest.fixture(params=["embedded", "flux"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Each of the stores in turn: one suite for both dialects."""
    opened: Ask = request.getfixturevalue(request.param)
    return opened


def rows(ask: Ask, name: str, run: str, window: int | None = None) -> list[dict[str, float]]:
    question = Question(name, run, START * 1_000, STOP_MS, window)
    return ask(question).records()


def check(found: float, times: list[float], share: float) -> None:
    exact = sorted(times)[math.ceil(share * len(times)) - 1]
    assert found == pytest.approx(exact, rel=WITHIN, abs=0.0102)
    assert min(times) - EXACT <= found <= max(times) + EXACT


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("window", [1, 10])
def test_percentiles_over_time_are_right_however_long_requests_take(
    ask: Ask, run: str, window: int
) -> None:
    found = rows(ask, "percentiles", run, window)
    assert len(found) == (SECONDS if window == 1 else 1)
    for row in found:
        assert row["max"] == pytest.approx(max(RUNS[run]), rel=0, abs=EXACT)
        for column, share in SHARES.items():
            check(row[column], RUNS[run], share)
    for row in rows(ask, "endpoint_p95", run, window):
        check(row["p95"], RUNS[run], 0.95)


@pytest.mark.parametrize("run", RUNS)
def test_percentiles_of_the_whole_run_are_right_however_long_requests_take(
    ask: Ask, run: str
) -> None:
    found = rows(ask, "endpoint_percentiles", run)
    assert [row["name"] for row in found] == ["/a", "Aggregated"]
    for row in found:
        for column, share in SHARES.items():
            check(row[column], RUNS[run], share)
    summaries = {row["run"]: row["p95"] for row in rows(ask, "run_summaries", "")}
    check(summaries[run], RUNS[run], 0.95)


def test_a_run_with_the_older_bounds_reads_no_less_than_its_shortest_request(ask: Ask) -> None:
    """What was in the last bucket can't be told apart any more; the outermost times are known."""
    for row in rows(ask, "endpoint_percentiles", OLD_RUN):
        assert {row[column] for column in SHARES} == {OLD_MIN}
    assert [row["p50"] for row in rows(ask, "percentiles", OLD_RUN, 1)] == [OLD_MIN]
    assert [row["p95"] for row in rows(ask, "endpoint_p95", OLD_RUN, 1)] == [OLD_MIN]


@pytest.mark.parametrize("query", ["percentiles", "endpoint_p95"])
def test_seconds_whose_histogram_is_missing_cost_no_other_its_percentiles(
    ask: Ask, query: str
) -> None:
    found = [row for row in rows(ask, query, "torn", 1) if row["p95"] is not None]
    assert [row["time"] for row in found] == [(START + 1) * 1_000]
    assert found[0]["p95"] == pytest.approx(OLD_MAX, rel=WITHIN)


def test_a_run_without_any_histogram_costs_no_other_its_place_in_the_list(ask: Ask) -> None:
    summaries = {row["run"]: row["p95"] for row in rows(ask, "run_summaries", "")}
    assert summaries["bare"] is None
    check(summaries["all the same"], RUNS["all the same"], 0.95)


def test_a_run_that_is_not_there_has_no_percentiles(ask: Ask) -> None:
    with pytest.raises(NoDataError):
        ask(Question("percentiles", "no such run"))
