"""A store that can't be reached, or answers badly, under load: nothing is lost."""

from collections.abc import Mapping
from concurrent.futures import Future

import pytest
from tests.faults.catalogue import NETWORK
from tests.faults.conftest import ids
from tests.faults.fault import Fault


@pytest.mark.long_sample(2)
@pytest.mark.sample(4)
@pytest.mark.parametrize("fault", NETWORK, ids=ids)
def test_nothing_is_lost_when(fault: Fault, played: Mapping[str, "Future[object]"]):
    played[fault.name].result()
