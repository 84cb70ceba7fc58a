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


SHORT = ("reports are lost", "last report is lost", "another master takes the run")
"""For `make test`: what boards were wrong about, or would be."""


def test_the_short_ones_are_among_them():
    assert set(SHORT) <= {fault.name for fault in MASTERS}


@pytest.mark.sample(3)
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(fault, id=ids(fault), marks=() if fault.name in SHORT else pytest.mark.long)
        for fault in MASTERS
    ],
)
def test_boards_show_what_is_stored_when(fault: Fault, played: Mapping[str, "Future[object]"]):
    played[fault.name].result()
