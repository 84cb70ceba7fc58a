"""What is asked of a store for a threshold comes to what all of the run does, as its master has it.

That the master does is shown in test_live.py; what `swarmscope check` says, in tests/unit/cli.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import pytest
from tests.fixtures.answers import Answers
from tests.fixtures.many_runs import Several, put, stored
from tests.fixtures.whole_runs import T0, WholeRun

from swarmscope.gate.course import Course
from swarmscope.gate.evaluation import Outcome, Result, evaluate
from swarmscope.gate.judgement import judge
from swarmscope.gate.source import course_of
from swarmscope.gate.thresholds_file import Thresholds, given
from swarmscope.recording.points import Encoder
from swarmscope.runs.audit import audit
from swarmscope.store.question import Question, Reader, Table

RUN = WholeRun("r", T0 + 3, seconds=40)
LATER = {("/later", "GET"): 40.0}
SECOND_STAGE = 27
"""It begins so many seconds behind T0: endpoints have their windows by ten."""


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    """Return a store of a run in which one endpoint fails from its second stage's first second on.

    It is requested in a window that the stage before it has a part of, and in no other.
    """
    late = replace(RUN, began=T0 + 28, seconds=2, medians=LATER, failed=1.0)
    lines = [
        line.replace("worker=worker-0", "worker=worker-1")
        for line in late.lines()
        if "worker=worker-0" in line
    ]
    step = Encoder({"run": "r", "worker": "master"}).point(
        *("locust_run", {"event": "step", "test": "shop"}),
        {"message": "more", "user_count": 9, "spawn_rate": 100.0},
        (T0 + SECOND_STAGE) * 10**9,
    )
    with stored(tmp_path_factory.mktemp("store"), [RUN]) as found:
        put(found.database, [*lines, step])
        yield found


@pytest.fixture(scope="module")
def whole(reader: Several) -> Course:
    """Return all that is known of the run."""
    found = course_of(reader, "r", audit(reader, "r").began, endpoints=True)
    assert [stage.stop for stage in found.stages] == [T0 + SECOND_STAGE, T0 + 43.005]
    return found


def judged(reader: Several, thresholds: Thresholds) -> list[Result]:
    return [one.result for one in judge(reader, audit(reader, "r"), thresholds).judged]


SENTENCES = (
    *('failures of "/later" < 1', 'requests of GET "/later" > 0', 'p50 of "/later" < 1s'),
    *('failures of POST "/later" < 1', 'failures of "/latre" < 1', "failures < 1"),
    *('failures of glob "/l*" < 1', 'failures of glob "/*" < 1', "p50 of each endpoint < 1s"),
    *('99% under 1s of each glob "/l*"', "requests of each endpoint > 0"),
    *('requests of "/later" != 0', "failures of each endpoint < 1"),
)


@pytest.mark.sample(3)
@pytest.mark.parametrize("warm_up", [0, 22, 37])
@pytest.mark.parametrize("where", ["", " in stage 1", " in stage 2", " in stage 2 within 10s"])
def test_it_is_what_the_whole_run_comes_to(
    reader: Several, whole: Course, warm_up: int, where: str
) -> None:
    thresholds = replace(given([f"{one}{where}" for one in SENTENCES], []), warm_up=warm_up)
    expected = [
        result for rule in thresholds.rules for result in evaluate(rule.threshold, whole, warm_up)
    ]
    for one, right in zip(judged(reader, thresholds), expected, strict=True):
        assert one == right, str(right.threshold)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("stage", "warm_up", "outcome", "failures"),
    [
        ("", 0, Outcome.BROKEN, 40),
        # What failed in the next one is no failure of this.
        (" in stage 1", 0, Outcome.UNKNOWN, None),
        # And of an endpoint that wasn't requested nobody knows that it wouldn't have failed.
        (" in stage 2", 0, Outcome.UNKNOWN, None),
        ("", 22, Outcome.UNKNOWN, None),
    ],
)
def test_a_window_that_is_cut_is_of_no_part_of_the_run(
    reader: Several, stage: str, warm_up: int, outcome: Outcome, failures: int | None
) -> None:
    for time in ("", " within 10s"):
        sentence = f'failures of "/later" < 1{stage}{time}'
        thresholds = replace(given([sentence], []), warm_up=warm_up)
        (found,) = judged(reader, thresholds)
        assert (found.outcome, found.value) == (outcome, failures)
        assert found.why == ("there was no request to measure" if failures is None else "")


class OffClock:
    """A reader of a run of which the clock of one worker was nine seconds off."""

    def __init__(self, reader: Several) -> None:
        self._reader = reader
        self.where = reader.where

    def ask(self, question: Question) -> Table:
        """Return what the store answers, but for the clock."""
        if question.name == "clock_error":
            return Answers(clock_error=[{"clock_error_ms": 9_000.0}]).ask(question)
        return self._reader.ask(question)


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("sentence", "warm_up", "doubtful", "certain"),
    [
        # As a master has it that judges its run while it goes on (test_live.py).
        ("failure_rate < 1%", 2, "generators", True),
        ("failure_rate < 1%", 0, "generators", True),
        ("failure_rate < 1%", 0, "unheard", False),
        ("failures < 1", 2, "clock", False),
        ("failures < 1 in stage 2", 0, "clock", False),
        ("failures < 1 in stage 2", 0, "generators", True),
        ("failures < 1", 0, "clock", True),
    ],
)
def test_what_failed_though_the_run_is_doubtful(
    reader: Several, sentence: str, warm_up: int, doubtful: str, *, certain: bool
) -> None:
    found, asked = audit(reader, "r"), OffClock(reader) if doubtful == "clock" else reader
    if doubtful == "unheard":
        # Nobody knows what it had.
        found = replace(found, accounts=(replace(found.accounts[0], final=False),))
    thresholds = replace(given([sentence], []), warm_up=warm_up)
    (judged,) = judge(cast("Reader", asked), found, thresholds).judged
    assert (judged.result.outcome, judged.certain) == (Outcome.BROKEN, certain)
