"""The catalogue in both dialects, on both stores: the same exact numbers, at every zoom."""

import json
from collections.abc import Callable, Iterator

import pytest
from tests.fixtures import (
    crowded,
    encoded,
    expected,
    expected_curves,
    expected_fields,
    expected_ranges,
    expected_steps,
    expected_summaries,
    expected_surroundings,
    expected_windows,
    recorded,
    recorded_arrivals,
    recorded_phases,
    recorded_transactions,
    surroundings,
)
from tests.fixtures.comparison import same_rows
from tests.fixtures.grafana import SLOW_LINES, SLOW_RUN
from tests.fixtures.influxd import Influx, free_port
from tests.fixtures.stores import Unserved

from swarmscope import schema
from swarmscope.embedded.database import BUCKETS, Database
from swarmscope.errors import NoDataError, StoreUnreachableError
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader, script
from swarmscope.store.question import Question

WINDOWS = (1, 10, 60)
WINDOWED = (
    *(*expected.WINDOWED, *expected_curves.WINDOWED, *expected_surroundings.WINDOWED),
    *recorded_arrivals.WINDOWED,
    *expected_windows.WINDOWED,
)
WHOLE = (
    *(*expected.WHOLE, *expected_surroundings.WHOLE, *expected_fields.WHOLE),
    *(*expected_summaries.WHOLE, *expected_steps.WHOLE, *expected_ranges.WHOLE),
    *recorded_phases.WHOLE,
    *recorded_arrivals.WHOLE,
    *recorded_transactions.WHOLE,
)
COMPARED_ELSEWHERE = {"kept_audits", "points"}
"""Of all runs at once, and every value of one: those who audit and export compare them."""
LINES = [*encoded.lines(), *surroundings.lines()]
PLAIN = {"plain": SLOW_LINES, "crowd": crowded.lines()}
"""Buckets with a run each, and nothing else."""


Reader = Unserved | FluxReader


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Unserved]:
    """An embedded store that holds the recorded run."""
    with Database(tmp_path_factory.mktemp("store"), (*BUCKETS, "empty", *PLAIN)) as database:
        for bucket, lines in PLAIN.items():
            database.write(bucket, "\n".join(lines))
        written = database.write(schema.BUCKET, "\n".join(LINES))
        assert (written.stored, written.dropped) == (len(LINES), 0)
        yield Unserved(database)


@pytest.fixture(scope="module")
def flux(influx: Influx) -> Iterator[FluxReader]:
    """A reader of an InfluxDB that holds the recorded run."""
    influx.make_bucket(schema.BUCKET)
    influx.make_bucket("empty")
    for bucket, lines in PLAIN.items():
        influx.write(influx.make_bucket(bucket), lines)
    influx.write(schema.BUCKET, LINES)
    settings = Settings(url=influx.url, token=influx.token, org=influx.org)
    with FluxReader(settings) as opened:
        yield opened


@pytest.fixture(params=["embedded", "flux"])
def reader(request: pytest.FixtureRequest) -> Reader:
    """Each of the stores in turn: one suite for both dialects."""
    opened: Reader = request.getfixturevalue(request.param)
    return opened


@pytest.mark.parametrize("name", CATALOGUE)
def test_influxdb_compiles_the_script(influx: Influx, name: str) -> None:
    text = script(CATALOGUE[name].flux, run="r", bucket="b", start=0, stop=60_000, window=10)
    status, body = influx.call("POST", "/api/v2/query/analyze", {"query": text, "type": "flux"})
    assert (status, json.loads(body)) == (200, {"errors": []})


def test_of_every_query_the_exact_answer_is_known() -> None:
    known = {right.__name__ for right in (*WINDOWED, *WHOLE)}
    assert set(CATALOGUE) - known == COMPARED_ELSEWHERE
    assert known <= set(CATALOGUE)


@pytest.mark.sample(3)
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize(
    "right",
    WINDOWED,
    ids=lambda f: f.__name__,
)
def test_windowed_answer_is_exact(
    reader: Reader, right: Callable[[int], expected.Rows], window: int
) -> None:
    start, stop = expected.RANGE_MS
    if CATALOGUE[right.__name__].of_spans:
        window = max(window, encoded.SPAN)
    table = reader.ask(Question(right.__name__, recorded.RUN, start, stop, window))
    same_rows(table.rows, right(window))


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "right",
    WHOLE,
    ids=lambda f: f.__name__,
)
def test_answer_about_the_whole_run_is_exact(
    reader: Reader, right: Callable[[int], expected.Rows]
) -> None:
    start, stop = expected.RANGE_MS
    points = expected_fields.ASKED if right in expected_fields.WHOLE else {}
    table = reader.ask(Question(right.__name__, recorded.RUN, start, stop, **points))
    same_rows(table.rows, right(1))


@pytest.mark.parametrize(
    "tags", [(), (("env", "test"),), (("worker", "worker-1"),), (("worker", "gone"),)]
)
@pytest.mark.parametrize("name", ["window_sums", "window_buckets", "endpoint_window_buckets"])
def test_windows_are_of_the_points_that_have_the_tags(
    reader: Reader, name: str, tags: tuple[tuple[str, str], ...]
) -> None:
    """Of each worker apart they add up to all of them."""
    start, stop = expected.RANGE_MS

    def requests(*asked: tuple[str, str]) -> int:
        found = reader.ask(Question(name, recorded.RUN, start, stop, 60, tags=asked))
        return sum(row["requests"] for row in found.records())

    if tags == (("worker", "gone"),):
        assert requests(*tags) == 0
    elif tags == (("worker", "worker-1"),):
        each = [requests(("worker", one.name)) for one in recorded.WORKERS]
        assert requests(*tags) == each[1] > 0
        assert sum(each) == requests()
    else:
        assert requests(*tags) == requests() > 0


@pytest.mark.parametrize(
    "text", ['"', '" or true or r["a"] == "', "${run}", "\\", "a\nb", "'", '"}', "ü%_*"]
)
def test_no_text_leaves_its_place(reader: Reader, text: str) -> None:
    start, stop = expected.RANGE_MS
    for points in (
        {**expected_fields.ASKED, "measurement": text},
        {**expected_fields.ASKED, "field": text},
        {**expected_fields.ASKED, "tags": (("service", text),)},
        {**expected_fields.ASKED, "tags": ((text, "stock"),)},
    ):
        asked = Question("field_values", recorded.RUN, start, stop, **points)
        assert reader.ask(asked).rows == []


def test_a_run_that_says_nothing_of_spans_has_its_histograms_by_the_second(reader: Reader) -> None:
    """It was recorded in former times: no point says how many requests had no response time."""
    start, stop = expected.RANGE_MS
    asked = Question("endpoint_totals", recorded.OTHER_RUN, start, stop)
    same_rows(reader.ask(asked).rows, expected.endpoint_totals(1, run=recorded.OTHER_RUN))
    asked = Question("endpoint_p95", recorded.OTHER_RUN, start, stop, 1)
    same_rows(reader.ask(asked).rows, expected_curves.endpoint_p95(1, run=recorded.OTHER_RUN))


def test_two_runs_at_the_same_time_are_told_apart(reader: Reader) -> None:
    """The other run's id needs escaping in line protocol and in Flux."""
    start, stop = expected.RANGE_MS
    question = Question("requests_per_second", recorded.OTHER_RUN, start, stop, 10)
    same_rows(
        reader.ask(question).rows, expected_curves.requests_per_second(10, run=recorded.OTHER_RUN)
    )


@pytest.mark.parametrize("window", WINDOWS)
def test_of_many_kinds_of_failures_those_with_the_most_are_apart(
    reader: Reader, window: int
) -> None:
    start, stop = expected.RANGE_MS
    question = Question("failures_by_kind", crowded.RUN, start, stop, window, "crowd")
    same_rows(reader.ask(question).rows, crowded.failures_by_kind(window))


def test_run_of_which_nobody_said_anything_is_listed_without_a_label(reader: Reader) -> None:
    """Where no run has one, InfluxDB's answers have no such column at all."""
    (run,) = reader.ask(Question("runs", bucket="plain")).records()
    assert (run["run"], run["label"], run["description"]) == (SLOW_RUN, "", "")
    assert (run["requests"], run["resolution"]) == (600, 5)
    assert reader.ask(Question("about_run", SLOW_RUN, bucket="plain")).rows == []


def test_range_is_the_runs_own_by_default(reader: Reader) -> None:
    table = reader.ask(Question("requests_per_second", recorded.RUN))
    start, stop = expected.RANGE_MS
    # The last totals are half a second into the last second; a point stands for a second.
    assert (table.start, table.stop, table.window) == (start, stop + 500, 1)


def test_unknown_run_is_an_error_with_a_next_step(reader: Reader) -> None:
    with pytest.raises(NoDataError, match="swarmscope runs"):
        reader.ask(Question("users", "no such run"))


def test_run_id_can_not_leave_its_string(reader: Reader) -> None:
    """A quote or an interpolation in a run's id is text, never code."""
    start, stop = expected.RANGE_MS
    for run in ('" or r.run != "', "${v.defaultBucket}", "a\\", "two\nlines"):
        assert reader.ask(Question("users", run, start, stop)).rows == []


def test_bucket_without_points_gives_no_rows(reader: Reader) -> None:
    for name in CATALOGUE:
        question = Question(name, recorded.RUN, *expected.RANGE_MS, bucket="empty")
        assert reader.ask(question).rows == [], name


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [({"token": "wrong"}, "refused the token"), ({"bucket": "absent"}, "no bucket 'absent'")],
)
def test_refusal_says_what_to_do(
    influx: Influx, flux: FluxReader, settings: dict[str, str], complaint: str
) -> None:
    right = {"url": influx.url, "token": influx.token, "org": influx.org}
    with FluxReader(Settings(**{**right, **settings})) as refused:  # type: ignore[arg-type]
        with pytest.raises(StoreUnreachableError, match=complaint) as caught:
            refused.ask(Question("runs"))
        assert "INFLUXDB_V2_" in caught.value.remedy


def test_absent_influxdb_is_an_error_with_a_next_step() -> None:
    nobody = Settings(url=f"http://127.0.0.1:{free_port()}")
    with FluxReader(nobody) as reader, pytest.raises(StoreUnreachableError, match="doctor"):
        reader.ask(Question("runs"))
