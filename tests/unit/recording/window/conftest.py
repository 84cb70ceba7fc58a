"""A recorder with clocks that the test moves."""

import pytest
from tests.fixtures.recorders import Clock

from swarmscope.recording.window import Recorder


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def recorder(clock: Clock, warnings: list[str]) -> Recorder:
    return Recorder(max_names=5, warn=warnings.append, clock=clock.monotonic, wall=clock.wall)
