"""Workers, masters and whole runs that end badly or crowd: everything is accounted for."""

from pathlib import Path

import pytest
from tests.faults.catalogue import PROCESSES, Fault, judge
from tests.faults.scene import scene
from tests.fixtures.stores import Store


@pytest.mark.parametrize("fault", PROCESSES, ids=lambda fault: fault.name.replace(" ", "-"))
def test_everything_is_accounted_for_when(tmp_path: Path, store: Store, fault: Fault):
    run = fault.name.replace(" ", "-")
    with scene(tmp_path, store, run, fault.short, env=fault.env) as played:
        judge(fault, played, fault.play(played, None))
