"""Stores that are killed, refuse a line or have a wrong clock, and spools that break."""

import shutil
from pathlib import Path

import pytest
from tests.faults import killable
from tests.faults.catalogue import STORES, WRONG_CLOCK, Fault, judge
from tests.faults.scene import scene
from tests.fixtures import influxd

DAY_S = 86_400


@pytest.mark.parametrize("fault", STORES, ids=lambda fault: fault.name.replace(" ", "-"))
def test_everything_is_accounted_for_when(tmp_path: Path, fault: Fault):
    wrong = fault.name == WRONG_CLOCK
    program = killable.SHIFTED.format(shift=-DAY_S) if wrong else killable.SERVE
    with (
        killable.embedded(tmp_path, program=program) as (store, power),
        scene(tmp_path, store, "embedded", fault.short, env=fault.env) as played,
    ):
        judge(fault, played, fault.play(played, power))


def test_nothing_is_lost_when_a_real_influxdb_is_killed(tmp_path: Path):
    if not shutil.which("influxd"):
        pytest.skip(influxd.MISSING)
    (fault,) = (fault for fault in STORES if fault.kills_store)
    with (
        killable.influxdb(tmp_path) as (store, power),
        scene(tmp_path, store, "influxdb", fault.short, env=fault.env) as played,
    ):
        judge(fault, played, fault.play(played, power))
