"""No percentile is told outside of the times that were measured, whichever range is asked for.

A bucket's bounds may lie outside of them, a range may cut the span that a histogram is of, and a
maximum that comes from other points, or from a moment before, may be below a percentile.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fixtures import encoded, newer_run, older_run
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened
from tests.fixtures.recorded import RUN, SECONDS, T0
from tests.fixtures.stores import Unserved

from swarmscope import schema
from swarmscope.embedded.database import BUCKETS, Database
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question

TABLE = "Endpoints, over the whole time range"
STATISTICS = ("min_response_time", "p50", "p95", "p99", "max_response_time")
OF_WINDOWS = ("p50", "p95", "p99", "max")
LENGTH_MS = SECONDS * 1_000
any_range = st.lists(st.integers(0, LENGTH_MS), min_size=2, max_size=2, unique=True).map(sorted)
any_window = st.sampled_from([1, 3, 10, 60])


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Database(tmp_path_factory.mktemp("store"), BUCKETS) as database:
        database.write(schema.BUCKET, "\n".join(encoded.lines()))
        yield Unserved(database)


@pytest.fixture(scope="module")
def real(influx: Influx) -> Any:
    bucket = influx.make_bucket(secrets.token_hex(4))
    influx.write(bucket, encoded.lines())
    access = Settings(url=influx.url, token=influx.token, org=influx.org, bucket=bucket)
    with FluxReader(access) as reader:
        yield reader


@pytest.fixture(scope="module", params=["embedded", "real"])
def store(request: pytest.FixtureRequest) -> Any:
    """Each of the stores in turn."""
    return request.getfixturevalue(request.param)


def assert_in_order(row: Mapping[str, Any], statistics: Iterable[str]) -> None:
    """Assert that each of *statistics* that is known is at least the one before."""
    known = [row[name] for name in statistics if row.get(name) is not None]
    assert known == sorted(known), row


@pytest.mark.sample(2)
@settings(max_examples=25, deadline=None)
@given(any_range, any_window)
def test_percentiles_of_any_range_are_between_the_extremes_beside_them(
    store: Any, part: list[int], window: int
) -> None:
    start, stop = (T0 * 1_000 + ms for ms in part)
    for row in store.ask(Question("endpoint_percentiles", RUN, start, stop)).records():
        assert_in_order(row, STATISTICS)
    for row in store.ask(Question("percentiles", RUN, start, stop, window)).records():
        assert_in_order(row, OF_WINDOWS)


@pytest.fixture(scope="module", params=["the master's", "the workers'"])
def boards(request: pytest.FixtureRequest, influx: Influx) -> Opened:
    """Boards that read what the master merged, or the workers' own points."""
    raw, long = (influx.make_bucket(secrets.token_hex(4)) for _ in range(2))
    influx.write(raw, newer_run.lines())
    influx.write(long, older_run.lines(schema.BUCKET_LONG))
    if request.param == "the master's":
        influx.write(raw, [*newer_run.merged(), *newer_run.summary(newer_run.seconds()[-1])])
        influx.write(long, newer_run.merged_minutes())
    return Opened(influx, raw, long, older_run.RANGE_MS)


@pytest.mark.release
@pytest.mark.long
@pytest.mark.long_sample(2)
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 60), st.integers(15, 40))
def test_the_table_shows_no_percentile_above_its_maximum(
    boards: Opened, begin: int, length: int
) -> None:
    since = older_run.FIRST + begin
    part = replace(boards, range_ms=(since * 1_000, (since + length) * 1_000))
    rows = [*part.table("endpoints", TABLE, run=older_run.RUN).values()]
    rows.append(part.together("endpoints", TABLE, run=older_run.RUN))
    assert len(rows) > 2
    for row in rows:
        assert {*STATISTICS, "requests"} <= row.keys()
        assert_in_order(row, STATISTICS)
