"""Stores that are killed, refuse a line or have a wrong clock, and spools that break."""

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path
from shutil import which

import pytest
from tests.faults.catalogue import STORES
from tests.faults.conftest import ids
from tests.faults.fault import Fault
from tests.faults.stage import play
from tests.fixtures import influxd
from tests.fixtures.stores import Store


@pytest.mark.long
@pytest.mark.long_sample(6)
@pytest.mark.parametrize("fault", STORES, ids=ids)
def test_everything_is_accounted_for_when(fault: Fault, played: Mapping[str, "Future[object]"]):
    played[fault.name].result()


@pytest.mark.skipif(not which("influxd"), reason=influxd.MISSING)
def test_nothing_is_lost_when_a_real_influxdb_is_killed(tmp_path: Path, shared: Store):
    (fault,) = (fault for fault in STORES if fault.kills_store)
    play(fault, tmp_path, shared, influxdb=True)
