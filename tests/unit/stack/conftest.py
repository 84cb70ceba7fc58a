"""An InfluxDB of a stack."""

from collections.abc import Iterator

import pytest
from tests.fixtures.influx_api import InfluxApi, serving


@pytest.fixture
def influx() -> Iterator[InfluxApi]:
    """Return an InfluxDB that nobody has set up."""
    with serving(InfluxApi()) as api:
        yield api
