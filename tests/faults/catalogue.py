"""Every fault that must be survived: what is done, and what may be missing afterwards."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tests.faults.killable import Killable
from tests.faults.scene import RATE, SCENARIOS, USERS, Scene
from tests.fixtures.fault_proxy import FaultProxy, Mode

from swarmscope.runs.audit import Audit, Verdict
from swarmscope.store.asking import Question

Power: TypeAlias = Killable | None
LONGEST_MEMORY_MIB = 400
"""Far above what a worker takes, far below what unbounded growth would reach."""


@dataclass
class Result:
    """What came of a fault."""

    seen: int
    """By the witness."""
    audits: list[Audit]
    at_most_missing: int = 0
    """Requests that may be unknown to everybody: of a killed worker."""
    peak_mib: float = 0.0
    seconds: float = 0.0
    lasted: float = 0.0
    """Seconds from the run's start to its stop: Locust's own timer is late on a busy machine."""
    paced: bool = True
    """Whether the load is what an undisturbed run has."""

    @property
    def rate(self) -> float:
        """Return the requests a second; of paced loads."""
        return self.seen / self.lasted

    @property
    def stored(self) -> int:
        return sum(audit.stored for audit in self.audits)

    def total(self, name: str) -> int:
        """Return the sum of one counter over all workers and runs."""
        return sum(getattr(a, name) for audit in self.audits for a in audit.accounts)

    @property
    def unaccounted(self) -> int:
        """Requests that the witness saw and no account knows."""
        known = self.stored + self.total("rejected") + self.total("lost") + self.total("pending")
        return self.seen - known


@dataclass(frozen=True)
class Fault:
    """*play* does it under load and tells what came of it."""

    name: str
    done: str
    """In words, for the table."""
    play: Callable[[Scene, Power], Result]
    verdict: Verdict = Verdict.COMPLETE
    may_lose: bool = False
    before: Callable[[FaultProxy], None] = lambda _: None
    kills_store: bool = False
    store_clock_s: float = 0.0
    """How wrong the store's clock is."""
    short: float = 3.0
    """Seconds of the outage in the tests."""
    long: float = 30.0


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


def network(mode: Mode) -> Callable[[Scene, Power], Result]:
    """Let the proxy misbehave for a while."""

    def play(scene: Scene, _: Power) -> Result:
        local = scene.local()
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
    # The index as well: else SQLite goes on with what it has in memory, and nothing is lost.
    for path in (spool, Path(f"{spool}-wal"), Path(f"{spool}-shm")):
        with path.open("r+b") as file:
            file.write(b"\xde\xad" * (path.stat().st_size // 2))
    time.sleep(scene.seconds / 2)
    scene.proxy.set("pass")
    result = finish(scene, local)
    assert "set aside as" in scene.swarm.log(local)
    assert list((scene.folder / "spool").glob("*.corrupt"))
    return result


def worker_killed(scene: Scene, _: Power) -> Result:
    master, (first, second) = scene.distributed(2)
    scene.running(first, second)
    time.sleep(scene.seconds)
    first.kill()
    first.wait()
    for process in (second, master):
        scene.swarm.wait(process)
    deliver_rest(scene)
    result = Result(scene.seen(), [scene.audited_at(later_s=120)])
    (named,) = {finding.worker for finding in result.audits[0].findings}
    assert named.startswith("worker-")
    # A second of its own, and what the tick had not yet taken of the next.
    result.at_most_missing = int(1.2 * USERS * RATE)
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
    master, workers = scene.distributed(2)
    scene.running(*workers)
    master.kill()
    master.wait()
    time.sleep(scene.seconds)
    for worker in workers:
        worker.send_signal(signal.SIGTERM)
        scene.swarm.wait(worker)
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


_SUCCESSORS = 10
_BRIEF = ("-u", "1", "-t", "2", "--only-summary")
_LISTENER_ONLY = (SCENARIOS / "idle.py", SCENARIOS.parents[2] / "locust/swarmscope/listener.py")
UNDISTURBED = Fault("undisturbed", "nothing", undisturbed)

NETWORK = (
    Fault(
        "store refuses from the start",
        "no listener at the store's port",
        refused_from_the_start,
        before=refuse,
    ),
    Fault("store goes away", "its port refuses, open connections are reset", network("refuse")),
    Fault("store is slow", "5 s for each answer", network("slow"), short=4),
    Fault("store answers 429", "with Retry-After", network("429")),
    Fault("store answers 503", "to each write", network("503")),
    Fault("store answers 500", "to each write", network("500")),
    Fault("token is revoked", "401 to each write, then restored", network("401")),
    Fault("responses are cut off", "stored, then half an answer", network("half")),
    Fault("connections are reset", "in the middle of each request", network("reset")),
    Fault("names do not resolve", "the store's name, from the start", no_names),
)
STORES = (
    Fault(
        "store is killed", "SIGKILL, started again later", store_killed, kills_store=True, long=60
    ),
    Fault("one poisoned line", "in a batch of 5,000", poisoned, short=1),
    Fault(
        "store's clock is wrong",
        "a day behind: all points lie in its future",
        undisturbed,
        store_clock_s=-86_400,
    ),
    Fault("disk is full", "for the spool, while the store is away", disk_full, short=4),
    Fault(
        "spool is corrupted",
        "overwritten while the store is away",
        spool_corrupted,
        verdict=Verdict.INCOMPLETE,
        may_lose=True,
        short=4,
    ),
)
PROCESSES = (
    Fault(
        "worker is killed", "SIGKILL", worker_killed, verdict=Verdict.INCOMPLETE, short=1, long=10
    ),
    Fault("worker is terminated", "SIGTERM", worker_terminated, short=1, long=10),
    Fault("master is killed", "SIGKILL; the workers go on", master_killed, short=2, long=20),
    Fault(
        "worker's clock is stepped", "an hour ahead, then two back", clock_stepped, short=2, long=30
    ),
    Fault("a burst", "200,000 requests at once", burst, short=6, long=20),
    Fault("ten runs in a row", "of one process", ten_runs, short=8, long=40),
    Fault("two runs of one name", "at once", same_name_twice, short=2, long=20),
)
ALL = (*NETWORK, *STORES, *PROCESSES)


def judge(fault: Fault, scene: Scene, result: Result) -> None:
    """Assert what must hold whatever the fault was.

    Not how long it took, nor how many requests an outage let through: `make faults` measures that.
    """
    result.seconds = scene.seconds
    if result.paced:
        events = scene.store.reader.ask(Question("run_events", scene.run)).records()
        times = {event["event"]: event["time"] for event in events}
        result.lasted = (times["stop"] - times["start"]) / 1000
    result.peak_mib = max(scene.peaks.values(), default=0) / 1024
    words = "; ".join(audit.line() for audit in result.audits)
    assert result.seen > 0
    assert {audit.verdict for audit in result.audits} == {fault.verdict}, words
    assert result.total("rejected") == result.total("pending") == 0, words
    assert fault.may_lose or result.total("lost") == 0, words
    assert 0 <= result.unaccounted <= result.at_most_missing, f"{result.seen} seen; {words}"
    assert scene.target.answered <= result.seen + USERS * 2 or not result.paced
    assert 0 < result.peak_mib < LONGEST_MEMORY_MIB
