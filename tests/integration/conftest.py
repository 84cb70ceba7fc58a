"""Servers that the integration tests share; each of them starts once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import influxd
from tests.fixtures.influxd import Influx

pytest.register_assert_rewrite("tests.fixtures.same")


@pytest.fixture(scope="session")
def influx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Influx]:
    """A real InfluxDB 2 without any bucket of ours."""
    if not shutil.which("influxd"):
        pytest.skip(influxd.MISSING)
    folder: Path = tmp_path_factory.mktemp("influxd")
    with influxd.running(folder) as server:
        yield server
