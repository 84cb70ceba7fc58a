"""A master that does as it is told."""

from collections.abc import Iterator

import pytest
from tests.fixtures.fake_master import FakeMaster, serving


@pytest.fixture
def locust() -> Iterator[FakeMaster]:
    """Return a master that is ready, and of which nobody asked for a test so far."""
    with serving(FakeMaster()) as master:
        yield master
