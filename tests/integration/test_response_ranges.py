"""How requests fared by Apdex, and what failed apart from what succeeded: on both stores."""

from collections.abc import Iterable, Iterator

import pytest
from dashboards.flux import catalogue
from tests.fixtures import encoded, expected, expected_ranges, recorded
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.comparison import same_rows
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened
from tests.fixtures.stores import Unserved

from swarmscope.embedded.database import Database
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.points import Encoder
from swarmscope.recording.tallies import Tallies
from swarmscope.recording.tally import Raw
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question

SECOND = 1_780_000_000
RANGE_MS = (SECOND * 1_000, (SECOND + 1) * 1_000)
QUICK, WITHIN, LONG, LONGER = 5.0, 400.0, 1_500.0, 9_000.0
"""Response times: of a failure, and in each range of 500 ms."""

Reader = Unserved | FluxReader


def tallies_of(endpoints: Iterable[Raw]) -> Tallies:
    """Return what is counted of *endpoints*."""
    tallies = Tallies()
    for raw in endpoints:
        tallies.add_to_all(raw.key, raw.fold())
    return tallies


def written(
    run: str, *endpoints: Raw, worker: str = "worker-0", told_apart: bool = True
) -> list[str]:
    """Return what a worker writes of a second; before failures were *told apart*, too."""
    encoder = Encoder({"run": run, "worker": worker})
    tallies = tallies_of(endpoints)
    lines = [
        *encoder.stats(tallies, SECOND, 1, 1),
        *encoder.latencies(tallies.items(), SECOND),
    ]
    return [line for line in lines if told_apart or not line.startswith("locust_failed_latency")]


def answered(name: str, good: list[float | None], bad: list[float | None] | None = None) -> Raw:
    """Return requests with these times that succeeded (*good*), or failed (*bad*)."""
    failed = bad or []
    times = [*good, *failed]
    return Raw((name, "GET"), times, [1] * len(times), len(failed), {}, failed)  # type: ignore[arg-type]


MIXED = answered("/mixed", [WITHIN] * 6 + [LONG] * 2 + [LONGER], [QUICK] * 90 + [LONG])
LINES = [
    *encoded.lines(),
    *written("mixed", MIXED),
    *written("older", MIXED, answered("/fine", [WITHIN] * 3), told_apart=False),
    *written("down", answered("/down", [], [QUICK] * 7)),
    *written("untimed", answered("/push", [WITHIN] * 4 + [None] * 5, [None] * 3 + [QUICK])),
    *written("never timed", answered("/socket", [None] * 5, [None])),
    *written("many", *(answered(f"/{n:02}", [WITHIN] * n, [QUICK]) for n in range(1, 13))),
]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unserved]:
    with Database(tmp_path_factory.mktemp("store")) as database:
        database.write("loadtest", "\n".join(LINES))
        yield Unserved(database)


@pytest.fixture(scope="module")
def flux(influx: Influx) -> Iterator[FluxReader]:
    influx.write(influx.make_bucket("ranges"), LINES)
    settings = Settings(url=influx.url, token=influx.token, org=influx.org, bucket="ranges")
    with FluxReader(settings) as opened:
        yield opened


@pytest.fixture(params=["embedded", "flux"])
def reader(request: pytest.FixtureRequest) -> Reader:
    opened: Reader = request.getfixturevalue(request.param)
    return opened


def ranges(reader: Reader, run: str, t: int = 500) -> dict[str, tuple[float, ...]]:
    found = reader.ask(Question("response_ranges", run, *RANGE_MS, apdex_t=t))
    return {row[0]: row[2:] for row in found.rows}


@pytest.mark.sample(3)
@pytest.mark.parametrize("t", [1, 30, 200, 2_000, 86_400_000])
def test_any_t_is_counted_exactly(reader: Reader, t: int) -> None:
    asked = Question("response_ranges", recorded.RUN, *expected.RANGE_MS, apdex_t=t)
    same_rows(reader.ask(asked).rows, expected_ranges.response_ranges(1, t=t))


def test_each_failure_counts_once_and_frustrates_however_quick_it_was(reader: Reader) -> None:
    right = (6, 2, 1, 91, (6 + 2 / 2) / 100)
    assert ranges(reader, "mixed") == {"/mixed": right, "Aggregated": right}


def test_an_outage_of_quick_failures_satisfies_nobody(reader: Reader) -> None:
    assert ranges(reader, "down")["/down"] == (0, 0, 0, 7, 0)


def test_of_failures_that_nobody_told_apart_the_score_is_the_least_that_it_can_be(
    reader: Reader,
) -> None:
    """A recording from before: each failure may have been the quickest request."""
    found = ranges(reader, "older")
    assert found["/mixed"] == (5, 3, 1, 91, (5 + 3 / 2) / 100)
    assert found["/fine"] == (3, 0, 0, 0, 1)


def test_a_failure_without_a_response_time_is_taken_from_nothing(reader: Reader) -> None:
    """What succeeded without one is in no range, and in no score."""
    assert ranges(reader, "untimed")["/push"] == (4, 0, 0, 4, 0.5)


def test_what_never_has_a_response_time_has_no_score(reader: Reader) -> None:
    assert ranges(reader, "never timed") == {}


def test_of_many_endpoints_the_ten_busiest_are_told(reader: Reader) -> None:
    busiest = {"Aggregated", *(f"/{n:02}" for n in range(3, 13))}
    assert ranges(reader, "many").keys() == busiest
    found = reader.ask(Question("outcomes", "many", *RANGE_MS)).records()
    assert {row["name"] for row in found} == busiest


def test_quick_failures_make_nothing_look_quick_that_succeeded(reader: Reader) -> None:
    found = reader.ask(Question("outcomes", "mixed", *RANGE_MS)).records()
    mixed = next(row for row in found if row["name"] == "/mixed")
    assert (mixed["succeeded"], mixed["failed"]) == (9, 91)
    assert mixed["p50"] == pytest.approx(WITHIN, rel=0.02)
    assert mixed["p95"] == pytest.approx(LONGER, rel=0.02)
    assert mixed["failed_p95"] == pytest.approx(QUICK, rel=0.02)


def test_where_all_failed_nothing_is_said_of_what_succeeded(reader: Reader) -> None:
    down, _ = reader.ask(Question("outcomes", "down", *RANGE_MS)).records()
    assert (down["succeeded"], down["failed"]) == (0, 7)
    assert (down["p50"], down["p95"], down["p99"]) == (None, None, None)
    assert down["failed_p50"] == pytest.approx(QUICK, rel=0.02)


def test_endpoints_whose_failures_nobody_told_apart_are_left_out(reader: Reader) -> None:
    found = reader.ask(Question("outcomes", "older", *RANGE_MS)).records()
    assert [row["name"] for row in found] == ["/fine"]


def test_boards_take_the_failed_from_the_workers_where_all_others_are_merged(
    influx: Influx,
) -> None:
    """What a master merges of its workers doesn't tell them apart."""
    fine = answered("/fine", [WITHIN] * 7)
    master = MergedEncoder({"run": "merged", "worker": "master"})
    lines = [
        *written("merged", MIXED),
        *written("merged", MIXED, fine, worker="worker-1"),
        *(
            line
            for key, tally in tallies_of((MIXED, MIXED, fine)).items()
            for line in master.merged(key, tally, 1, SECOND * 10**9)
        ),
    ]
    raw = influx.make_bucket("merged_ranges")
    influx.write(raw, lines)
    board = Opened(influx, raw, "", RANGE_MS)
    values = {**NOTHING_PICKED, "run": "merged", "minutes": raw, "points": "locust_merged"}
    found = {row["name"]: row for row in board.ask(catalogue("response_ranges"), values)}
    fared = ("satisfied", "tolerating", "slow", "failed")
    assert [found["/mixed"][key] for key in fared] == [12, 4, 2, 182]
    assert [found["/fine"][key] for key in fared] == [7, 0, 0, 0]
    told = {row["name"]: row for row in board.ask(catalogue("outcomes"), values)}
    assert (told["/mixed"]["succeeded"], told["/mixed"]["failed"]) == (18, 182)
    assert told["/mixed"]["failed_p95"] == pytest.approx(QUICK, rel=0.02)
