"""Servers that the integration tests share; each of them starts once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import grafana, influxd, stores
from tests.fixtures.grafana import Grafana
from tests.fixtures.influxd import Influx
from tests.fixtures.locusts import Locusts, locusts
from tests.fixtures.stores import Store

pytest.register_assert_rewrite("tests.fixtures.comparison", "tests.fixtures.agreement")


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """A real InfluxDB 2 without any bucket of ours."""
    if not shutil.which("influxd"):
        pytest.skip(influxd.MISSING)
    folder: Path = tmp_path_factory.mktemp("influxd")
    with influxd.running(folder) as server:
        yield server


@pytest.fixture(scope="module")
def bare_influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real InfluxDB 2 that nobody has set up."""
    if not shutil.which("influxd"):
        pytest.skip(influxd.MISSING)
    with influxd.started(tmp_path_factory.mktemp("influxd")) as url:
        yield url


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with stores.embedded(tmp_path_factory.mktemp("store")) as running:
        yield running


@pytest.fixture(
    scope="module", params=["embedded", pytest.param("influxd", marks=pytest.mark.long)]
)
def any_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Each of the stores in turn."""
    if request.param == "embedded":
        yield request.getfixturevalue("store")
    else:
        with stores.real(request.getfixturevalue("influx")) as running:
            yield running


@pytest.fixture
def swarm(tmp_path: Path, store: Store, request: pytest.FixtureRequest) -> Iterator[Locusts]:
    """Locust processes whose run is named after the test."""
    env = {**store.env, "SWARMSCOPE_RUN_ID": request.node.name}
    with locusts(tmp_path, env) as started:
        yield started


@pytest.fixture
def run(request: pytest.FixtureRequest) -> str:
    return str(request.node.name)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    """A Grafana with our provisioning, before the recorded run."""
    grafana.skip_where_missing()
    with grafana.with_recorded_run(tmp_path_factory.mktemp("grafana")) as running:
        yield running
