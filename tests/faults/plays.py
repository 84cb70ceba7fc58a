"""What is done to a load test for each of the faults."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.faults.fault import Power, Result
from tests.faults.scene import RATE, SCENARIOS, USERS, Scene
from tests.fixtures.fault_proxy import FaultProxy, Mode

OF_MANY = {"FAULT_PACE_S": "10"}
"""Of a worker that sends as rarely as one of hundreds does."""
OF_SOME = {"FAULT_PACE_S": "3"}
"""Of one that sends as rarely as one of sixty."""
_SOME_SECONDS = 3
"""Windows that wait for their moment."""
LOST_BY_A_KILL = int(1.2 * USERS * RATE)
"""Requests of a second of its own, and what the tick had not yet taken of the next."""
_PATIENCE_S = 60
_SUCCESSORS = 10
_BRIEF = ("-u", "1", "-t", "2", "--only-summary")
_LISTENER_ONLY = (SCENARIOS / "idle.py", SCENARIOS.parents[2] / "locust/swarmscope/listener.py")


def finish(scene: Scene, *processes: "subprocess.Popen[str]") -> Result:
    """Wait until the load is over and all of it is sent, and audit it."""
    for process in processes:
        scene.swarm.wait(process)
    deliver_rest(scene)
    return Result(scene.seen(), [scene.audited()])


def deliver_rest(scene: Scene) -> None:
    """Let further processes send what those that ended left in their spools."""
    for _ in range(_SUCCESSORS):
        if not list((scene.folder / "spool").glob("*.spool")):
            return
        # By number: only the paced users' processes resolve the store's name.
        env = {"SWARMSCOPE_RUN_ID": "successor", "INFLUXDB_V2_URL": scene.proxy.url}
        successor = scene.swarm.start("--headless", *_BRIEF, files=_LISTENER_ONLY, env=env)
        scene.swarm.wait(successor)
    raise AssertionError(f"nobody could deliver the rest: {scene.swarm.log(successor)}")


def undisturbed(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    return finish(scene, local)


def network(mode: Mode, env: Mapping[str, str] | None = None) -> Callable[[Scene, Power], Result]:
    """Let the proxy misbehave for a while, to a process with *env*."""

    def play(scene: Scene, _: Power) -> Result:
        local = scene.local(env)
        scene.running(local)
        scene.proxy.set(mode)
        time.sleep(scene.seconds)
        scene.proxy.set("pass")
        result = finish(scene, local)
        assert mode == "refuse" or scene.proxy.suffered[mode], "no write met the fault"
        return result

    return play


def refused_from_the_start(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    time.sleep(scene.seconds)
    scene.proxy.set("pass")
    return finish(scene, local)


def no_names(scene: Scene, _: Power) -> Result:
    scene.ask("dns", "fails")
    local = scene.local()
    scene.running(local)
    time.sleep(scene.seconds)
    assert "name resolution" in scene.swarm.log(local)
    scene.withdraw("dns")
    return finish(scene, local)


def store_killed(scene: Scene, power: Power) -> Result:
    assert power
    local = scene.local()
    scene.running(local)
    power.kill()
    time.sleep(scene.seconds)
    power.start()
    return finish(scene, local)


def poisoned(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    scene.ask("poison", "now")
    result = finish(scene, local)
    (account,) = result.audits[0].accounts
    assert account.points_rejected == 1, "one line is refused, and no other"
    return result


def disk_full(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    scene.proxy.set("503")
    scene.ask("disk", str(32 * 1024))
    time.sleep(scene.seconds)
    scene.withdraw("disk")
    scene.proxy.set("pass")
    result = finish(scene, local)
    assert "wait in memory" in scene.swarm.log(local)
    return result


def spool_corrupted(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    scene.proxy.set("503")
    time.sleep(scene.seconds / 2)
    (spool,) = (scene.folder / "spool").glob("*.spool")
    for path in (spool, Path(f"{spool}-wal")):
        with path.open("r+b") as file:
            file.write(b"\xde\xad" * (path.stat().st_size // 2))
    scene.swarm.wait_for(local, "set aside as")
    time.sleep(scene.seconds / 2)
    scene.proxy.set("pass")
    result = finish(scene, local)
    assert list((scene.folder / "spool").glob("*.corrupt"))
    return result


def spool_cut_off(scene: Scene, _: Power) -> Result:
    """One part after the other, and all of the folder in the end."""
    local = scene.local()
    scene.running(local)
    scene.proxy.set("503")
    folder = scene.folder / "spool"
    for times, part in enumerate(("-shm", "-wal", ""), 0):
        time.sleep(scene.seconds / 4)
        for spool in folder.glob("*.spool"):
            if Path(f"{spool}{part}").exists():
                os.truncate(f"{spool}{part}", 0)
        scene.swarm.wait_for(local, "The damaged spool is", times=times)
    for path in folder.iterdir():
        path.unlink(missing_ok=True)  # it may be renamed meanwhile: the worker is quick
    scene.swarm.wait_for(local, "The damaged spool is", times=3)
    time.sleep(scene.seconds / 4)
    scene.proxy.set("pass")
    return finish(scene, local)


def worker_killed(scene: Scene, _: Power) -> Result:
    master, (first, second) = scene.distributed(2)
    scene.running(first, second)
    time.sleep(scene.seconds)
    return _killed(scene, master, first, second)


def worker_of_many_killed(scene: Scene, _: Power) -> Result:
    master, (first, second) = scene.distributed(2, OF_MANY)
    scene.running(first, second)
    deadline = time.monotonic() + _PATIENCE_S
    while scene.waiting(first.pid) < _SOME_SECONDS:
        assert time.monotonic() < deadline, "nothing waited for its moment"
        time.sleep(0.05)
    return _killed(scene, master, first, second)


def _killed(
    scene: Scene,
    master: "subprocess.Popen[str]",
    first: "subprocess.Popen[str]",
    second: "subprocess.Popen[str]",
) -> Result:
    first.kill()
    first.wait()
    for process in (second, master):
        scene.swarm.wait(process)
    deliver_rest(scene)
    result = Result(scene.seen(), [scene.audited_at(later_s=120)])
    (named,) = {finding.worker for finding in result.audits[0].findings}
    assert named.startswith("worker-")
    result.at_most_missing = LOST_BY_A_KILL
    result.paced = False
    return result


def worker_terminated(scene: Scene, _: Power) -> Result:
    master, (first, second) = scene.distributed(2)
    scene.running(first, second)
    time.sleep(scene.seconds)
    first.send_signal(signal.SIGTERM)
    result = finish(scene, first, second, master)
    result.paced = False
    return result


def master_killed(scene: Scene, _: Power) -> Result:
    # Locust's own patience is 60 s, and that's what it is in the long version.
    patience = 3 * scene.seconds
    master, workers = scene.distributed(2, {"FAULT_MASTER_PATIENCE_S": str(patience)})
    scene.running(*workers)
    master.kill()
    master.wait()
    time.sleep(scene.seconds)
    # It doesn't know the workers, and they go on until Locust ends them.
    back = scene.master(2, {"SWARMSCOPE_RUN_ID": f"{scene.run}-again"})
    for worker in workers:
        scene.swarm.wait(worker)
        assert "Didn't get heartbeat from master" in scene.swarm.log(worker)
    assert "Discarded report from unrecognized worker" in scene.swarm.log(back)
    back.terminate()
    scene.swarm.wait(back)
    deliver_rest(scene)
    result = Result(scene.seen(), [scene.audited_at(later_s=120)])
    assert result.audits[0].interrupted
    result.paced = False
    return result


def clock_stepped(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    scene.ask("clock", "3600")
    time.sleep(scene.seconds / 2)
    scene.ask("clock", "-7200")
    time.sleep(scene.seconds / 2)
    return finish(scene, local)


def burst(scene: Scene, _: Power) -> Result:
    local = scene.local()
    scene.running(local)
    scene.ask("burst", "200000")
    result = finish(scene, local)
    assert result.seen > 200_000
    result.paced = False
    return result


def ten_runs(scene: Scene, _: Power) -> Result:
    env = scene.swarm.environment
    with (scene.folder / "ten.log").open("w") as log:
        process = scene.watch(
            subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.faults.scenarios.ten_runs"),
                    *(scene.target.url, str(scene.seconds / 10)),
                ],
                env=env,
                stdout=log,
                stderr=log,
                text=True,
            )
        )
        try:
            assert process.wait(timeout=scene.seconds + 60) == 0
        finally:
            process.kill()
            process.wait()
    names = [scene.run, *(f"{scene.run}-{i}" for i in range(2, 11))]
    result = Result(scene.seen(), [scene.audited(name) for name in names])
    result.paced = False
    return result


def same_name_twice(scene: Scene, _: Power) -> Result:
    first, second = scene.local(), scene.local()
    scene.running(first, second)
    result = finish(scene, first, second)
    assert len(result.audits[0].accounts) == 2
    result.paced = False
    return result


def refuse(proxy: FaultProxy) -> None:
    """Refuse connections already when the workers start."""
    proxy.set("refuse")
