"""One fault from beginning to end: its store, its load, its judgement."""

from contextlib import ExitStack
from pathlib import Path

from tests.faults import killable
from tests.faults.fault import Fault, Result, judge
from tests.faults.scene import scene
from tests.fixtures.stores import Store

DAY_S = 86_400


def play(
    fault: Fault, folder: Path, shared: Store, *, long: bool = False, influxdb: bool = False
) -> Result:
    """Play *fault* against the *shared* store, or one of its own if it is about the store.

    Raises:
        AssertionError: something was lost or is unaccounted for.

    """
    with ExitStack() as stack:
        store, power = shared, None
        if influxdb:
            store, power = stack.enter_context(killable.influxdb(folder))
        elif fault.store_clock_s:
            program = killable.SHIFTED.format(shift=fault.store_clock_s)
            store, power = stack.enter_context(killable.embedded(folder, program=program))
        elif fault.kills_store:
            store, power = stack.enter_context(killable.embedded(folder))
        run = f"{fault.name.replace(' ', '-')}-{folder.name}"
        played = stack.enter_context(
            scene(folder, store, run, fault.long if long else fault.short, before=fault.before)
        )
        result = fault.play(played, power)
        judge(fault, played, result)
        return result
