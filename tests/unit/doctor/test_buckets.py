"""Whether each bucket takes what a worker writes, by writing nothing into it."""

from dataclasses import replace

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply, fake_influx
from tests.fixtures.ports import free_port

from swarmscope import schema
from swarmscope.doctor.buckets import check_buckets
from swarmscope.doctor.finding import Finding, Level
from swarmscope.settings import Settings
from swarmscope.store.servers import EMBEDDED, INFLUXDB


def found(status: int, kind: str = INFLUXDB, **more: str) -> list[Finding]:
    answer = Reply(status)
    refusals = {} if status < 300 else {schema.BUCKET: answer, schema.BUCKET_LONG: answer}
    with fake_influx(FakeInflux(refusals=refusals)) as store:
        settings = replace(Settings(url=store.url, org="acme"), **more)  # type: ignore[arg-type]
        return list(check_buckets(settings, kind))


def test_buckets_that_take_it_are_fine() -> None:
    assert [one.level for one in found(204)] == [Level.FINE, Level.FINE]


@pytest.mark.parametrize(("token", "held"), [("t", "The token may not"), ("", "No token is set")])
@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_may_not_write_is_wrong(status: int, token: str, held: str) -> None:
    seconds, minutes = found(status, token=token)
    assert (seconds.level, minutes.level) == (Level.WRONG, Level.WARNING)
    assert held in seconds.message
    assert "INFLUXDB_V2_TOKEN" in seconds.remedy


def test_without_the_bucket_of_minutes_every_request_is_there_all_the_same() -> None:
    _, minutes = found(404)
    assert minutes.level is Level.WARNING
    assert "No one-minute points arrive" in minutes.message
    assert "SWARMSCOPE_BUCKET_LONG to nothing" in minutes.remedy


@pytest.mark.parametrize(
    ("kind", "how"), [(INFLUXDB, "swarmscope buckets"), (EMBEDDED, "swarmscope serve")]
)
def test_how_a_missing_bucket_is_made_depends_on_the_store(kind: str, how: str) -> None:
    seconds, _ = found(404, kind)
    assert "organization acme" in seconds.message
    assert how in seconds.remedy


def test_who_does_without_minutes_is_told_what_that_means() -> None:
    seconds, minutes = found(204, bucket_long="")
    assert (seconds.level, minutes.level) == (Level.FINE, Level.FINE)
    assert "None are written" in minutes.message


def test_another_refusal_is_said_with_its_number() -> None:
    assert "(500)" in found(500)[0].message


def test_a_store_that_is_not_there_is_unreachable() -> None:
    settings = Settings(url=f"http://127.0.0.1:{free_port()}")
    assert {one.level for one in check_buckets(settings, INFLUXDB)} == {Level.UNREACHABLE}
