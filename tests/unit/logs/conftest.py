"""A recorder's clock that the tests set."""

import pytest
from tests.fixtures.single_requests import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
