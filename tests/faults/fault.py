"""What a fault is, what comes of it, and what must hold whatever it was."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from tests.faults import boards
from tests.faults.killable import Killable
from tests.faults.scene import USERS, Scene
from tests.fixtures.fault_proxy import FaultProxy

from swarmscope.runs.audit import Audit, Verdict
from swarmscope.store.question import Question

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
    shown: str = ""
    """What boards read of it, where they can be asked."""

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
    on_boards: bool = False
    """Whether it is about what boards read, so that a store is needed that they can ask."""
    store_clock_s: float = 0.0
    """How wrong the store's clock is."""
    short: float = 3.0
    """Seconds of the outage in the tests."""
    long: float = 30.0


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
    result.shown = "; ".join(sorted({boards.judge(scene, audit) for audit in result.audits}))
