"""What a master merges is short of something: boards show what is stored all the same."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from shutil import which

import pytest
from tests.faults import killable
from tests.faults.catalogue import MASTERS
from tests.faults.conftest import ids
from tests.faults.fault import Fault
from tests.fixtures import influxd
from tests.fixtures.stores import Store


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store that boards can ask."""
    if not which("influxd"):
        pytest.skip(influxd.MISSING)
    with killable.influxdb(tmp_path_factory.mktemp("store")) as (running, _):
        yield running


@pytest.mark.release
@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize("fault", MASTERS, ids=ids)
def test_boards_show_what_is_stored_when(fault: Fault, played: Mapping[str, "Future[object]"]):
    played[fault.name].result()
