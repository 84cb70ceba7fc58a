"""What a master's verdicts do with runs that follow each other sooner than their last words come.

What the verdicts are is asked of whole runs: tests/integration/test_live_verdicts.py.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.reports import Reporter

from swarmscope.settings import Settings

pytest.importorskip("yaml", reason="PyYAML is not installed")

from tests.fixtures.answers import Answers
from tests.fixtures.audits import RAN, START, TWICE, audited, worker

from swarmscope.agent.live_verdicts import LiveVerdicts
from swarmscope.gate import running
from swarmscope.recording.points import NANOSECONDS

BEGAN = 1_700_000_000
WORKER = "vm_1a2b"


class Judging:
    """A master's verdicts, and what they had written."""

    def __init__(self, folder: Path, sentence: str = "max < 1s") -> None:
        path = folder / "thresholds.yaml"
        path.write_text(f"generators: off\nfail: [{sentence}]\n")
        settings = Settings.from_env({"SWARMSCOPE_THRESHOLDS": str(path)})
        self.written: list[tuple[str, str]] = []
        self.verdicts = LiveVerdicts(settings, self._keep)

    def _keep(self, run: str, lines: list[str]) -> None:
        self.written += [(run, line) for line in lines if "event=verdict" in line]

    def begin(self, run: str) -> None:
        self.verdicts.begin(run, {"test": "t", "environment": ""}, BEGAN * NANOSECONDS)
        self.verdicts.expect(run, {WORKER: "worker-1"})

    def play(self, run: str) -> None:
        """Let *run* begin and be stopped; its worker has more to say."""
        self.begin(run)
        self.verdicts.stop(run, (BEGAN + 3) * NANOSECONDS)

    def tell(self, run: str) -> None:
        """Let the worker say all that it has to of *run*."""
        worker = Reporter(run=run)
        for second in range(3):
            worker.second(BEGAN + second, {("/", "GET"): [5.0] * 4})
        for report in worker.reports(BEGAN + 3, final=True):
            self.verdicts.hear(WORKER, report)

    @property
    def runs(self) -> list[str]:
        """The runs whose verdict was written, each time."""
        return [run for run, _ in self.written]


@pytest.fixture
def judging(tmp_path: Path) -> Judging:
    return Judging(tmp_path)


def test_the_end_of_a_process_leaves_no_run_without_a_verdict(judging: Judging) -> None:
    judging.play("first")
    judging.play("second")
    judging.tell("first")
    judging.verdicts.conclude()
    assert judging.runs == ["first", "second"]
    assert 'message="passed"' in judging.written[0][1]
    assert 'message="inconclusive"' in judging.written[1][1]


def test_a_run_that_others_overtook_has_its_verdict_before_it_is_forgotten(
    judging: Judging,
) -> None:
    for run in ("first", "second", "third"):
        judging.play(run)
    assert judging.runs == ["first"]


def test_what_was_concluded_when_all_had_come_is_not_said_again(judging: Judging) -> None:
    judging.play("first")
    judging.tell("first")
    judging.verdicts.look("first", BEGAN + 4)
    assert judging.runs == ["first"]
    judging.verdicts.conclude()
    assert judging.runs == ["first"]


def test_exceptions_of_the_locustfile_are_told_as_soon_as_an_audit_knows_of_them(
    judging: Judging, caplog: pytest.LogCaptureFixture
) -> None:
    """They are no failed requests: the verdict alone would say that all is well."""
    caplog.set_level("INFO")
    judging.play("first")
    judging.tell("first")
    judging.verdicts.look("first", BEGAN + 4)
    found = replace(audited(worker()), run="first", user_errors=3)
    for _ in range(2):
        told = judging.verdicts.audited(Answers(), found)  # type: ignore[arg-type]
        assert told is not None
        judging.verdicts.take(told)
    notes = [line for line in caplog.messages if line.startswith("note  ")]
    assert len(notes) == 1
    assert notes[0].startswith("note  the locustfile's own code let out 3 exceptions, which are ")


@pytest.mark.parametrize(("most", "asked"), [(10_000, 0), (3, 1)])
def test_of_a_stage_that_the_master_holds_no_longer_the_store_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, asked: int
) -> None:
    monkeypatch.setattr(running, "_MOST", most)
    judging, reporter = Judging(tmp_path, "requests > 0 in stage 1"), Reporter(run="r")
    judging.begin("r")
    for second in range(60):
        reporter.second(BEGAN + second, {("/", "GET"): [5.0]})
        for report in reporter.reports(BEGAN + second + 1, final=second == 59):
            judging.verdicts.hear(WORKER, report)
        judging.verdicts.look("r", BEGAN + second + 1)
    judging.verdicts.stop("r", (BEGAN + 60) * NANOSECONDS)
    found = judging.verdicts.audited(Answers(), replace(audited(worker()), run="r"))  # type: ignore[arg-type]
    assert found
    assert len(found.judged) == asked


@pytest.mark.parametrize(("ran", "doubtful"), [(3, True), (96, False)])
def test_users_of_a_ramp_that_never_ran_are_a_doubt(
    judging: Judging, ran: int, doubtful: bool
) -> None:
    judging.begin("ramp")
    order = {"user_count": 100, "spawn_rate": 1.0}
    judging.verdicts.order("ramp", BEGAN * NANOSECONDS, order)
    for second in range(3):
        judging.verdicts.users("ramp", BEGAN + second, ran * second // 2)
    judging.verdicts.stop("ramp", (BEGAN + 3) * NANOSECONDS)
    judging.tell("ramp")
    judging.verdicts.conclude()
    ((_, line),) = judging.written
    assert ("of 100 users no more than 3 ever ran" in line) is doubtful


@pytest.mark.parametrize(
    ("subject", "verdict"), [("undelivered", "inconclusive"), (None, "passed")]
)
def test_a_run_that_was_cut_short_passes_only_where_somebody_meant_it(
    judging: Judging, caplog: pytest.LogCaptureFixture, subject: str | None, verdict: str
) -> None:
    """Before the store was asked; what an audit finds there is the same."""
    caplog.set_level("INFO")
    judging.begin("cut")
    cut = {"message": "it was ended after 0:00:03", **({"subject": subject} if subject else {})}
    judging.verdicts.stop("cut", (BEGAN + 3) * NANOSECONDS, cut)
    judging.tell("cut")
    judging.verdicts.conclude()
    ((_, line),) = judging.written
    assert f'message="{verdict}"' in line
    assert ("note  it was ended after 0:00:03." in caplog.messages) == (subject is None)


def test_a_run_that_goes_on_is_not_concluded(judging: Judging) -> None:
    judging.begin("first")
    judging.verdicts.conclude()
    assert judging.runs == []


@pytest.mark.parametrize(("events", "verdict"), [(RAN, "failed"), (TWICE, "inconclusive")])
def test_of_two_runs_with_one_id_not_even_what_the_master_saw_is_certain(
    tmp_path: Path, events: list[dict[str, Any]], verdict: str
) -> None:
    """`swarmscope check` can't tell which of them had so many requests, and says so."""
    judging = Judging(tmp_path, "requests < 5")
    judging.play("r")
    judging.tell("r")
    stored = Answers(START - 5, delivery=[worker()], run_events=events)
    found = judging.verdicts.audited(stored, audited(worker(), events=events))
    assert found
    judging.verdicts.take(found)
    judging.verdicts.conclude()
    assert f'message="{verdict}"' in judging.written[-1][1]
