"""No way to make requests pass by the listener stays unsaid."""

from pathlib import Path

import pytest
from tests.faults.fooling import play
from tests.faults.ways import WAYS, Way
from tests.fixtures.locusts import locusts
from tests.fixtures.stores import Store

SHORT = (
    "a listener raises RescheduleTask",
    "requests are only logged",
    "a task forks",
    "setup and teardown on the master",
    "sys.exit() in on_start",
)
"""One of each kind, for `make test`."""
KNOWN = {way.name for way in WAYS}


def test_the_short_ones_are_among_them():
    assert set(SHORT) <= KNOWN


@pytest.mark.long_sample(24)
@pytest.mark.sample(5)
@pytest.mark.parametrize(
    "way",
    [
        pytest.param(way, id=way.name, marks=() if way.name in SHORT else pytest.mark.long)
        for way in WAYS
    ],
)
def test_every_request_is_stored_or_said_to_be_missing(way: Way, shared: Store, tmp_path: Path):
    run = f"fooling-{WAYS.index(way)}"
    with locusts(tmp_path, {**shared.env, "SWARMSCOPE_RUN_ID": run}) as swarm:
        played = play(way, swarm, shared, run)
        assert not played.wrong(way), played.log
        assert played.made
