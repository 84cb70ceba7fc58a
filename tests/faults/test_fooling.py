"""No way to make requests pass by the listener stays unsaid."""

from pathlib import Path

import pytest
from tests.faults.fooling import WAYS, Way, play
from tests.fixtures.locusts import locusts
from tests.fixtures.stores import Store


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_every_request_is_stored_or_said_to_be_missing(way: Way, shared: Store, tmp_path: Path):
    run = f"fooling-{WAYS.index(way)}"
    with locusts(tmp_path, {**shared.env, "SWARMSCOPE_RUN_ID": run}) as swarm:
        played = play(way, swarm, shared, run)
        assert not played.wrong(way), played.log
        assert played.made
