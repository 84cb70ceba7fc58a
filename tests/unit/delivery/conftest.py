"""A fake store, and deliveries to it that are closed after the test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fixtures.fake_influx import FakeInflux, fake_influx

from swarmscope.delivery import Delivery
from swarmscope.delivery.outbox import Outbox
from swarmscope.settings import Settings


@pytest.fixture
def fake() -> Iterator[FakeInflux]:
    with fake_influx(FakeInflux()) as running:
        yield running


@pytest.fixture
def start(tmp_path: Path, fake: FakeInflux) -> Iterator[Callable[..., Delivery]]:
    """Return what makes a delivery to the fake store, with the environment that it is given."""
    started: list[Delivery] = []

    def make(**environ: str) -> Delivery:
        env = {
            "INFLUXDB_V2_URL": fake.url,
            "SWARMSCOPE_SPOOL_DIR": str(tmp_path / "spool"),
            # Long: a machine that is busy for some seconds makes no write fail that a test counts.
            "INFLUXDB_V2_TIMEOUT": "60000",
            **environ,
        }
        delivery = Delivery(Settings.from_env(env))
        delivery.start()
        started.append(delivery)
        return delivery

    yield make
    for delivery in started:
        delivery.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(url="http://127.0.0.1:9", spool_dir=tmp_path / "spool")


@pytest.fixture
def outbox(settings: Settings) -> Iterator[Outbox]:
    """An outbox over a folder of the test's own, for a store that isn't there."""
    opened = Outbox(settings)
    opened.open()
    yield opened
    opened.close()
