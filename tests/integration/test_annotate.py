"""Events in each store, and in a Grafana."""

from collections.abc import Iterator

import pytest
from tests.fixtures import grafana
from tests.fixtures.fake_influx import FakeInflux, Reply, fake_influx
from tests.fixtures.grafana import Grafana
from tests.fixtures.ports import free_port
from tests.fixtures.stores import Store
from typer.testing import CliRunner

from swarmscope.cli import app
from swarmscope.errors import ConfigurationError, StoreUnreachableError
from swarmscope.grafana.connection import GrafanaError
from swarmscope.settings import Settings
from swarmscope.store.question import Question

THEN = 1_780_000_000
TEXT = 'shop 1.4.2, "blue" = \\ 🙂'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    grafana.skip_where_missing()
    with grafana.bare(tmp_path_factory.mktemp("grafana")) as running:
        yield running


def annotate(*options: str, **env: str) -> str:
    """Run the command; return what it said."""
    result = CliRunner().invoke(
        app, ["annotate", *options], env={"GRAFANA_URL": "", **env}, catch_exceptions=False
    )
    assert result.exit_code == 0
    return result.stdout


def events(store: Store, at: int, bucket: str = "") -> list[tuple[str, str]]:
    """Return kinds and texts of the events of second *at*."""
    question = Question("events", "", at * 1_000, at * 1_000 + 1_000, bucket=bucket)
    return [(kind, text) for _, kind, text, *_ in store.reader.ask(question).rows]


def test_event_is_in_the_store_at_its_time(any_store: Store) -> None:
    annotate(TEXT, "--kind", "deploy", "--time", str(THEN), **any_store.env)
    assert events(any_store, THEN) == [("deploy", TEXT)]
    # Beside the runs of which the seconds are gone.
    long = Settings.from_env(any_store.env).bucket_long
    assert events(any_store, THEN, long) == [("deploy", TEXT)]


def test_same_event_again_is_the_same_point(any_store: Store) -> None:
    """A pipeline may repeat its step."""
    for _ in range(2):
        annotate("campaign", "--time", str(THEN + 60), "--run", "r-1", **any_store.env)
    assert events(any_store, THEN + 60) == [("note", "campaign")]


def test_event_is_marked_in_grafana_too(server: Grafana) -> None:
    account = server.call("/api/serviceaccounts", {"name": "marker", "role": "Editor"})
    made = server.call(f"/api/serviceaccounts/{account['id']}/tokens", {"name": "of a marker"})
    event = ["shop 1.4.2", "--kind", "deploy", "--time", str(THEN)]
    with fake_influx(FakeInflux()) as nobody:
        env = {"INFLUXDB_V2_URL": nobody.url, "GRAFANA_URL": server.url}
        said = annotate(*event, **env, GRAFANA_TOKEN=made["key"])
    assert f"Marked in Grafana at {server.url}" in said
    found = server.call(f"/api/annotations?from={THEN * 1000}&to={THEN * 1000 + 1}&tags=deploy")
    assert [(mark["time"], mark["text"]) for mark in found] == [(THEN * 1000, "shop 1.4.2")]


def test_refusals_say_what_became_of_the_event() -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(StoreUnreachableError, match=r"not recorded.*INFLUXDB_V2_URL"):
        annotate("x", INFLUXDB_V2_URL=nowhere)
    with fake_influx(FakeInflux()) as store:
        env = {"INFLUXDB_V2_URL": store.url}
        with pytest.raises(GrafanaError, match=r"is in the store.*GRAFANA_URL"):
            annotate("x", **env, GRAFANA_URL=nowhere)
        store.answer = lambda _: Reply(401, "unauthorized access")
        with pytest.raises(StoreUnreachableError, match=r"401.*not recorded.*INFLUXDB_V2_TOKEN"):
            annotate("x", **env)
        with pytest.raises(ConfigurationError, match="needs a text"):
            annotate(" ", **env)
