"""A store that can't be reached, or answers badly, under load: nothing is lost."""

from pathlib import Path

import pytest
from tests.faults.catalogue import NETWORK, Fault, judge
from tests.faults.scene import scene
from tests.fixtures.stores import Store


@pytest.mark.parametrize("fault", NETWORK, ids=lambda fault: fault.name.replace(" ", "-"))
def test_nothing_is_lost_when(tmp_path: Path, store: Store, fault: Fault):
    run = fault.name.replace(" ", "-")
    with scene(tmp_path, store, run, fault.short, env=fault.env, before=fault.before) as played:
        judge(fault, played, fault.play(played, None))
