"""What is said of the store that published boards ask."""

from collections.abc import Iterator

import pytest
from tests.fixtures import fake_grafana
from tests.fixtures.fake_grafana import FakeGrafana

from swarmscope.grafana import content
from swarmscope.grafana.connection import Place
from swarmscope.grafana.found import found

SOURCE = {"url": "http://store:8086", "jsonData": {"defaultBucket": "tests"}}
NEWEST, HOSTS, MINUTES = "r.event ==", "cpu-total", "rank: 2"
"""A word of each question."""


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    """A Grafana with the data source."""
    with fake_grafana.serving() as running:
        running.held[f"/api/datasources/uid/{content.DATA_SOURCE}"] = SOURCE
        yield running


def said(grafana: FakeGrafana, bucket_long: str = "tests_long") -> list[str]:
    return found(Place(f"{grafana.url}/"), bucket_long)


def test_what_there_is_is_named(grafana: FakeGrafana) -> None:
    grafana.found = {NEWEST: ["shop-3"], HOSTS: ["gen-a", "shop"], MINUTES: ["tests_long"]}
    assert said(grafana) == [
        "Bucket tests: its newest run is shop-3.",
        "Long ranges: read from the minutes in tests_long.",
        "Host metrics: of gen-a, shop.",
    ]


@pytest.mark.parametrize(
    ("bucket_long", "why"),
    [
        ("tests_long", "tests_long has none, is not there, or is not this token's to read"),
        ("", "SWARMSCOPE_BUCKET_LONG is empty"),
    ],
)
def test_with_one_bucket_it_is_said_where_long_ranges_come_from(
    grafana: FakeGrafana, bucket_long: str, why: str
) -> None:
    grafana.found = {MINUTES: ["tests"]}
    assert said(grafana, bucket_long) == [
        "Bucket tests: no run in the last 30 days.",
        f"Long ranges: read from the seconds in tests, for want of minutes ({why}); beyond some "
        "hours that takes longer.",
        "Host metrics: none in tests; a Telegraf that writes there brings them.",
    ]


def test_a_store_that_refuses_is_said_in_its_words(grafana: FakeGrafana) -> None:
    grafana.refusal = 'could not find bucket "tests"'
    (line,) = said(grafana)
    assert 'can\'t be asked for the bucket tests (could not find bucket "tests")' in line
    assert line.endswith("does Grafana reach http://store:8086?")


def test_a_data_source_that_is_missing_is_said(grafana: FakeGrafana) -> None:
    grafana.held.clear()
    (line,) = said(grafana)
    assert "which is not there: without --no-data-source it is made" in line
