"""The catalogue in Flux, on a real InfluxDB 2: exact numbers, at every zoom."""

from collections.abc import Callable, Iterator

import pytest
from tests.fixtures import expected, recorded
from tests.fixtures.influxd import Influx
from tests.fixtures.same import same_rows

from swarmscope import schema
from swarmscope.settings import Settings
from swarmscope.store.asking import Question
from swarmscope.store.flux_reader import FluxReader

WINDOWS = (1, 10, 60)


@pytest.fixture(scope="module")
def reader(influx: Influx) -> Iterator[FluxReader]:
    """A reader of an InfluxDB that holds the recorded run."""
    influx.make_bucket(schema.BUCKET)
    influx.write(schema.BUCKET, recorded.lines())
    settings = Settings(url=influx.url, token=influx.token, org=influx.org)
    with FluxReader(settings) as opened:
        yield opened


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("right", expected.WINDOWED, ids=lambda f: f.__name__)
def test_windowed_answer_is_exact(
    reader: FluxReader, right: Callable[[int], expected.Rows], window: int
) -> None:
    start, stop = expected.RANGE_MS
    table = reader.ask(Question(right.__name__, recorded.RUN, start, stop, window))
    same_rows(table.rows, right(window))


@pytest.mark.parametrize("right", expected.WHOLE, ids=lambda f: f.__name__)
def test_answer_about_the_whole_run_is_exact(
    reader: FluxReader, right: Callable[[int], expected.Rows]
) -> None:
    start, stop = expected.RANGE_MS
    table = reader.ask(Question(right.__name__, recorded.RUN, start, stop))
    same_rows(table.rows, right(1))
