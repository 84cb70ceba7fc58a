"""What a real InfluxDB refuses for good: counted, said, and sent no second time."""

import csv
import io
import time
from collections.abc import Iterator

import gevent
import pytest
from tests.fixtures.influxd import Influx

from swarmscope.delivery import Delivery
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Spool
from swarmscope.spool.file import SpoolFile

HOUR_NS = 3_600 * 10**9
RUN = "late"
BUCKET = "an_hour"


@pytest.fixture(scope="module")
def settings(influx: Influx, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A bucket that keeps points for an hour."""
    rule = {"type": "expire", "everySeconds": 3_600, "shardGroupDurationSeconds": 3_600}
    body = {"orgID": influx.org_id, "name": BUCKET, "retentionRules": [rule]}
    status, made = influx.call("POST", "/api/v2/buckets", body)
    assert status == 201, made
    folder = tmp_path_factory.mktemp("spools")
    return Settings(
        url=influx.url, token=influx.token, org=influx.org, bucket=BUCKET, spool_dir=folder
    )


@pytest.fixture
def delivery(settings: Settings) -> Iterator[Delivery]:
    started = Delivery(settings)
    started.start()
    yield started
    started.close()


def lines(name: str, ages_h: list[int], count: int = 1) -> list[str]:
    now = time.time_ns()
    return [
        f"locust_stats,name=/{name},run={RUN},worker=w count={count}i {now - h * HOUR_NS - i}"
        for i, h in enumerate(ages_h)
    ]


def test_points_older_than_the_retention_are_rejected_and_not_sent_for_ever(delivery: Delivery):
    delivery.keep(Batch(BUCKET, RUN, 4, lines("mixed", [0, 5, 0, 9])))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert (account.requests_delivered, account.requests_rejected) == (2, 2)
    assert (account.points_rejected, account.requests_pending) == (2, 0)


def test_a_line_that_is_too_long_for_a_field_is_rejected_alone(delivery: Delivery):
    long = f'probe text="{"x" * 2**21}" {time.time_ns()}'
    delivery.keep(Batch(BUCKET, RUN, 1, [*lines("beside", [0]), long]))
    assert delivery.flush(60)
    account = delivery.account(RUN)
    assert (account.requests_delivered, account.points_rejected) == (1, 1)


def test_what_a_dead_worker_left_too_late_is_added_to_its_account(
    settings: Settings, influx: Influx
):
    worker = f"locust_worker,host=h,run={RUN},worker=w final=true,requests_pending=3i "
    file = SpoolFile.create(settings.spool_dir, "gone")
    spool = Spool(file.path, 10**6)
    spool.keep(Batch(BUCKET, RUN, 3, [*lines("left", [7, 8, 0]), f"{worker}{time.time_ns()}"]))
    spool.close()
    file.release(remove=False)
    successor = Delivery(settings)
    successor.start()
    try:
        assert replayed(influx) == {"replay_rejected": 2, "replay_lost": 0}
        assert not file.path.exists()
    finally:
        successor.close()


def replayed(influx: Influx) -> dict[str, int]:
    flux = (
        f'from(bucket: "{BUCKET}") |> range(start: -1h) '
        '|> filter(fn: (r) => r._measurement == "locust_worker" and r._field =~ /^replay_/) '
        '|> keep(columns: ["_field", "_value"]) |> group()'
    )
    for _ in range(200):
        status, body = influx.call("POST", f"/api/v2/query?org={influx.org}", {"query": flux})
        assert status == 200, body
        rows = list(csv.DictReader(io.StringIO(body.decode())))
        if rows:
            return {row["_field"]: int(row["_value"]) for row in rows}
        gevent.sleep(0.1)
    raise AssertionError("nothing was added within twenty seconds")
