"""Workers, masters and whole runs that end badly or crowd: everything is accounted for."""

from collections.abc import Mapping
from concurrent.futures import Future

import pytest
from tests.faults.catalogue import PROCESSES
from tests.faults.conftest import ids
from tests.faults.fault import Fault


@pytest.mark.sample(3)
@pytest.mark.parametrize("fault", PROCESSES, ids=ids)
def test_everything_is_accounted_for_when(fault: Fault, played: Mapping[str, "Future[object]"]):
    played[fault.name].result()
