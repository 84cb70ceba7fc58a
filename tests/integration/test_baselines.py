"""Which run a run is compared with before anybody picks one, and what its table then says."""

import secrets

import pytest
from tests.fixtures import older_run
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened

from swarmscope import schema

NS = 10**9
FIRST = 1_780_000_000
LONG_S = 100
"""Each run takes so long, and the next one begins so much later."""
TABLE = "What changed, endpoint by endpoint"
BANNER = "Can these two be compared?"


def lines(
    run: str, number: int, test: str = "shop", *, stops: bool = True, requests: int = 5
) -> list[str]:
    """Return the points of the run that was begun as the so many-th."""
    begin = (FIRST + number * LONG_S) * NS
    of_run = f"run={run},worker=master,test={test}"
    told = [f'locust_run,{of_run},event=start message="begun" {begin}']
    if stops:
        told.append(f'locust_run,{of_run},event=stop message="stopped" {begin + 60 * NS}')
    tags = f"run={run},worker=worker-0,name"
    counts = f"count={requests}i,num_failures=0i,total_content_length=0i"
    if requests:
        at = begin + NS
        told.append(f"locust_stats,{tags}=Aggregated {counts} {at}")
        told.append(f"locust_stats,{tags}=/a,method=GET {counts} {at}")
    told.append(f"locust_worker,run={run},worker=worker-0,host=h requests_seen=0i {begin + NS}")
    return told


def opened(influx: Influx, *runs: list[str]) -> Opened:
    raw = influx.make_bucket(secrets.token_hex(4))
    influx.write(raw, [line for run in runs for line in run])
    return Opened(influx, raw, "", (FIRST * 1_000, (FIRST + 20 * LONG_S) * 1_000))


def offered(boards: Opened, run: str) -> list[str]:
    (flux,) = (
        one["query"]["query"]
        for one in boards.board("compare")["templating"]["list"]
        if one["name"] == "baseline"
    )
    return [row["_value"] for row in boards.ask(flux, {"run": run})]


def test_first_comes_the_newest_earlier_run_of_the_test_that_is_over_and_had_requests(
    influx: Influx,
) -> None:
    boards = opened(
        influx,
        lines("oldest", 0),
        lines("older", 1),
        lines("of-another-test", 2, "blog"),
        lines("still-runs", 3, stops=False),
        lines("without-a-request", 4, requests=0),
        lines("this", 5),
        lines("later", 6),
    )
    assert boards.values("compare", run="this")["baseline"] == "older"
    assert offered(boards, "this") == [
        *("older", "oldest", "(none)"),
        *("later", "without-a-request", "still-runs", "of-another-test"),
    ]
    assert boards.values("compare", run="later")["baseline"] == "this"


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    "other",
    [
        lines("of-another-test", 2, "blog"),
        lines("still-runs", 3, stops=False),
        lines("without-a-request", 4, requests=0),
        lines("later", 6),
    ],
    ids=["another test", "still runs", "no request", "later"],
)
def test_a_run_that_says_nothing_of_this_one_is_not_compared_by_itself(
    influx: Influx, other: list[str]
) -> None:
    boards = opened(influx, lines("this", 5), other)
    assert boards.values("compare", run="this")["baseline"] == "(none)"
    (said,) = boards.panel("compare", BANNER, "B", run="this")
    assert said["a_data"].startswith("Compared with nothing: no earlier run of this test is over")
    (said,) = boards.panel("compare", BANNER, "B", run="this", baseline=other[0].split(",")[1][4:])
    assert said["a_data"].startswith("Data of the other run: not audited yet")


@pytest.mark.long
def test_picked_endpoints_alone_are_compared_beside_all_together(influx: Influx) -> None:
    raw, long = (influx.make_bucket(secrets.token_hex(4)) for _ in range(2))
    influx.write(raw, older_run.lines(schema.BUCKET))
    influx.write(long, older_run.lines(schema.BUCKET_LONG))
    boards = Opened(influx, raw, long, older_run.RANGE_MS)
    both = {"run": older_run.RUN, "baseline": older_run.RUN}
    every = boards.table("compare", TABLE, **both)
    assert every.keys() == older_run.by_endpoint().keys()
    some = boards.table("compare", TABLE, **both, endpoint=["/login"])
    assert {name for name, _ in some} == {"/login"}
    for picked in ({}, {"endpoint": ["/login"]}):
        together = boards.together("compare", TABLE, **both, **picked)
        assert together["requests"] == together["requests before"] == len(older_run.requests())
        assert together["total"] == 1
    assert {row["total"] for row in every.values()} == {0}


def test_a_run_whose_start_is_missing_is_compared_with_nothing_by_itself(influx: Influx) -> None:
    started, *rest = lines("this", 5)
    assert "event=start" in started
    boards = opened(influx, lines("older", 1), rest)
    assert boards.values("compare", run="this")["baseline"] == "(none)"
    assert offered(boards, "this") == ["(none)", "older"]
