"""The boards' queries where nothing is: before the first run, and of one that nobody wrote."""

import json

import pytest
from tests.fixtures import boards
from tests.fixtures.boards import NOTHING_PICKED, Asked
from tests.fixtures.grafana import filled_in
from tests.fixtures.influxd import Influx

from swarmscope import schema
from swarmscope.store.flux_reader import script

BUCKETS = ("empty-board", schema.BUCKET_LONG)
NO_RUN = {"run": "", "run_start": "1000", "baseline": "(none)", "baseline_start": "1000"}


@pytest.fixture(scope="module")
def empty(influx: Influx) -> Influx:
    """An InfluxDB with buckets in which nothing is."""
    for bucket in BUCKETS:
        if influx.bucket(bucket) is None:
            influx.make_bucket(bucket)
    return influx


@pytest.mark.sample(5)
@pytest.mark.parametrize("asked", boards.every_query(), ids=str)
def test_no_query_fails_where_there_is_nothing(empty: Influx, asked: Asked) -> None:
    flux = filled_in(asked.flux, {**NOTHING_PICKED, **NO_RUN})
    text = script(flux, run="", bucket=BUCKETS[0], start=0, stop=900_000, window=5)
    status, body = empty.call("POST", f"/api/v2/query?org={empty.org}", {"query": text})
    assert status == 200, json.loads(body)
    # A script that fails while it runs is answered with a table of errors.
    assert b"error" not in body, body
