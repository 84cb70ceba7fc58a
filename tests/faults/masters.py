"""What is done to what a master merges: part of it is missing, or of the points it tells of."""

import time
from collections.abc import Callable
from subprocess import Popen

from tests.faults import boards
from tests.faults.fault import Power, Result
from tests.faults.plays import LOST_BY_A_KILL, deliver_rest
from tests.faults.scene import PACED, Scene
from tests.fixtures.fault_proxy import proxied

_BRIEFLY = {"SWARMSCOPE_FLUSH_TIMEOUT": "3s"}
"""Of one whose store doesn't come back before it ends."""
_LATER_S = 120


def reports_lost(which: str) -> Callable[[Scene, Power], Result]:
    """Let one worker lose *which* of its reports, and another's points reach no store until later.

    What the master heard of the other makes up in number for what it didn't hear of the one.
    """

    def play(scene: Scene, _: Power) -> Result:
        with proxied(scene.store.env["INFLUXDB_V2_URL"]) as apart:
            master = scene.master(2)
            unstored = _worker(scene, {"INFLUXDB_V2_URL": apart.url, **_BRIEFLY})
            losing = _worker(scene, {"FAULT_LOSES": which})
            scene.running(unstored, losing)
            apart.set("503")
            for process in (losing, unstored, master):
                scene.swarm.wait(process)
        assert (scene.folder / f"{losing.pid}.lost").exists(), "no report was lost"
        return _replayed(scene)

    return play


def store_away_at_the_end(scene: Scene, _: Power) -> Result:
    master = scene.master(2, _BRIEFLY)
    workers = [_worker(scene, _BRIEFLY) for _ in range(2)]
    scene.running(*workers)
    scene.proxy.set("503")
    for process in (*workers, master):
        scene.swarm.wait(process)
    scene.proxy.set("pass")
    return _replayed(scene)


def replayed_after_the_audit(scene: Scene, _: Power) -> Result:
    """Kill a worker with all that its store didn't take, and audit the run before that comes."""
    with proxied(scene.store.env["INFLUXDB_V2_URL"]) as apart:
        master = scene.master(2)
        unstored = _worker(scene, {"INFLUXDB_V2_URL": apart.url})
        other = _worker(scene, {})
        scene.running(unstored, other)
        apart.set("503")
        time.sleep(scene.seconds)
        unstored.kill()
        unstored.wait()
        for process in (other, master):
            scene.swarm.wait(process)
    result = _replayed(scene)
    result.at_most_missing = LOST_BY_A_KILL
    return result


def taken_over(scene: Scene, _: Power) -> Result:
    """Start a master of the same run, with workers of its own, while those of a dead one go on."""
    patience = {"FAULT_MASTER_PATIENCE_S": str(scene.seconds)}
    first, orphans = scene.distributed(2, patience)
    scene.running(*orphans)
    first.kill()
    first.wait()
    second, workers = scene.distributed(2)
    scene.running(*workers)
    for process in (*orphans, *workers, second):
        scene.swarm.wait(process)
    result = _replayed(scene)
    assert len(result.audits[0].accounts) == 4
    return result


def _worker(scene: Scene, env: dict[str, str]) -> "Popen[str]":
    return scene.watch(scene.swarm.worker(files=PACED, env=env))


def _replayed(scene: Scene) -> Result:
    """Look at boards before the rest of the run is stored; return what came of all of it."""
    boards.judge(scene, scene.audited_at(_LATER_S))
    deliver_rest(scene)
    result = Result(scene.seen(), [scene.audited_at(_LATER_S)])
    result.paced = False
    return result
