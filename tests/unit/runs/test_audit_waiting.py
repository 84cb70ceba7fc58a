"""An audit that waits for what is on its way, and for nothing else."""

from tests.fixtures.answers import Answers
from tests.fixtures.audits import RAN, worker

from swarmscope.runs.audit import Audit, Verdict, audit_when_settled


class Wait:
    """Seconds that pass only while somebody sleeps, and what is in the store by then."""

    def __init__(self, answers: Answers, until: float) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self._answers = answers
        self._until = until

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        if self.seconds >= self._until:
            self._answers.rows["delivery"] = [worker()]

    def clock(self) -> float:
        return 100 + self.seconds


def settled(wait_s: float, *, arrives: float) -> tuple[Audit, Wait]:
    answers = Answers(delivery=[worker(stored=9, delivered=9, pending=1)], run_events=RAN)
    wait = Wait(answers, arrives)
    found = audit_when_settled(answers, "r", wait_s, sleep=wait.sleep, clock=wait.clock)
    assert {question.run for question in answers.asked} == {"r"}
    return found, wait


def test_what_is_on_its_way_is_waited_for():
    found, wait = settled(60, arrives=3)
    assert (found.verdict, wait.slept) == (Verdict.COMPLETE, [1.0, 1.0, 1.0])


def test_what_is_waited_for_is_told_once():
    answers = Answers(delivery=[worker(stored=9, delivered=9, pending=1)], run_events=RAN)
    wait = Wait(answers, 3)
    told: list[Audit] = []
    audit_when_settled(answers, "r", 60, waits=told.append, sleep=wait.sleep, clock=wait.clock)
    assert [found.verdict for found in told] == [Verdict.PENDING]
    audit_when_settled(answers, "r", 60, waits=told.append, sleep=wait.sleep, clock=wait.clock)
    assert len(told) == 1, "there is nothing to wait for"


def test_nobody_waits_for_longer_than_asked():
    found, wait = settled(2.5, arrives=9)
    assert (found.verdict, wait.slept) == (Verdict.PENDING, [1.0, 1.0, 0.5])
    assert settled(0, arrives=9)[1].slept == []


def test_nobody_waits_for_what_waiting_does_not_heal():
    answers = Answers(delivery=[worker(rejected=1, stored=9)], run_events=RAN)
    wait = Wait(answers, 0)
    found = audit_when_settled(answers, "r", 60, sleep=wait.sleep, clock=wait.clock)
    assert (found.verdict, wait.slept) == (Verdict.INCOMPLETE, [])
