"""The audit of a run: what it makes of the store's answers, and how it says that."""

import json
import time
from typing import Any

import pytest
from tests.fixtures.answers import Answers, event

from swarmscope.errors import ExitCode, NoDataError
from swarmscope.runs.audit import Audit, Verdict, audit, audit_when_settled, newest_run
from swarmscope.runs.judge import PATIENCE_MS

NOW = 1_000_000_000
LONG_AGO = NOW - PATIENCE_MS
START = LONG_AGO - 60_000
RAN = [event("start", START), event("stop", LONG_AGO)]


def worker(name: str = "worker-0", **more: Any) -> dict[str, Any]:
    told = {
        "worker": name,
        "host": "box",
        "seen": 10,
        "locust": 10,
        "delivered": 10,
        "rejected": 0,
        "lost": 0,
        "pending": 0,
        "points_rejected": 0,
        "points_lost": 0,
        "stored": 10,
        "totals": 10,
        "final": True,
        "last": LONG_AGO,
    }
    return {**told, **more}


def audited(
    *workers: dict[str, Any], events: list[dict[str, Any]] = RAN, **rows: list[dict[str, Any]]
) -> Audit:
    answers = Answers(START - 5, delivery=list(workers), run_events=events, **rows)
    return audit(answers, "r", now_ms=NOW)


def strained(over: int) -> dict[str, Any]:
    return {
        "worker": "worker-0",
        "over": over,
        "seconds": 100,
        "cpu_percent": 99.0,
        "loop_lag_ms": 1.0,
    }


def test_the_run_alone_is_asked_for():
    answers = Answers(7, 9, delivery=[worker()], run_events=RAN)
    audit(answers, "r", now_ms=NOW)
    assert {question.run for question in answers.asked} == {"r"}
    # how long it was is asked once
    assert {(question.start, question.stop) for question in answers.asked[1:]} == {(7, 9)}


@pytest.mark.parametrize(
    ("workers", "crew"),
    [
        (["worker-0"], "10 requests of 1 worker, each one stored"),
        (["worker-0", "worker-1"], "20 requests of 2 workers, each one stored"),
        (["worker-0", "master"], "20 requests of 1 worker and the master, each one stored"),
        (["master"], "10 requests of 0 workers and the master, each one stored"),
    ],
)
def test_a_run_of_which_all_is_stored_is_complete(workers: list[str], crew: str):
    found = audited(*map(worker, workers))
    assert found.line() == f"complete: {crew}"
    assert found.sentence() == f"Run r is complete: {crew}."
    assert (found.verdict, found.said) == (Verdict.COMPLETE, "complete")
    assert (found.running, found.interrupted) == (False, False)


def test_what_is_missing_is_said_with_every_reason():
    found = audited(
        worker(stored=1_000, seen=3_000, rejected=2_000, totals=3_000, locust=3_000),
        worker("worker-1", lost=1, stored=9, totals=9),
    )
    assert found.line() == (
        "incomplete by 2,001 of 3,010 requests, because worker-0 had 2,000 requests rejected by "
        "the store; worker-1 lost 1 request"
    )
    assert (found.verdict, found.said) == (Verdict.INCOMPLETE, "incomplete by 2,001")
    assert (found.stored, found.seen, found.missing) == (1_009, 3_010, 2_001)


def test_what_is_wrong_without_a_number_is_incomplete_too():
    found = audited(worker(final=False))
    assert found.line().startswith("incomplete, because worker-0 has no final marker")


def test_what_waiting_may_heal_is_pending_and_what_not_is_incomplete():
    on_its_way = worker(stored=9, delivered=9, pending=1)
    assert audited(on_its_way).verdict is Verdict.PENDING
    broken = worker("worker-1", rejected=1, stored=9)
    assert audited(on_its_way, broken).verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("workers", "line"),
    [
        ([], "no data to judge: not one request is known of, and no worker is known to have"),
        (
            [worker(seen=0, delivered=0, stored=0, totals=0, locust=0)],
            "no data to judge: not one request is known of",
        ),
    ],
)
def test_a_run_without_a_request_is_no_good_run(workers: list[dict[str, Any]], line: str):
    found = audited(*workers)
    assert found.verdict is Verdict.NO_DATA
    assert found.line().startswith(line)
    assert found.sentence().startswith(f"Run r has {line}")


def test_a_run_that_began_just_now_is_waited_for_before_it_has_a_worker():
    found = audited(events=[event("start", NOW)])
    assert (found.verdict, found.running) == (Verdict.PENDING, True)


def test_now_is_this_machines_time_unless_another_is_given():
    """Two minutes after the end nothing more is expected; a minute before, it would be."""
    ended = time.time_ns() // 1_000_000 - 2 * PATIENCE_MS
    events = [event("start", ended - 1), event("stop", ended)]
    answers = Answers(delivery=[worker(final=False, last=ended)], run_events=events)
    assert audit(answers, "r").verdict is Verdict.INCOMPLETE
    assert audit(answers, "r", now_ms=ended).verdict is Verdict.PENDING


def test_requests_of_which_none_is_stored_are_missing_and_not_no_data():
    found = audited(worker(stored=0, rejected=10, delivered=0))
    assert found.verdict is Verdict.INCOMPLETE


def test_exit_codes_are_those_of_the_contract():
    assert {verdict: verdict.exit_code for verdict in Verdict} == {
        Verdict.COMPLETE: ExitCode.FINE,
        Verdict.INCOMPLETE: ExitCode.INCONCLUSIVE,
        Verdict.PENDING: ExitCode.INCONCLUSIVE,
        Verdict.NO_DATA: ExitCode.NO_DATA,
    }


def test_a_run_that_nobody_ended_and_is_heard_of_is_running():
    found = audited(worker(final=False, last=NOW), events=[event("start", START)])
    assert (found.running, found.interrupted, found.verdict) == (True, False, Verdict.PENDING)
    assert found.said == "pending (running)"


def test_a_run_whose_workers_are_done_is_open_until_its_master_is():
    found = audited(worker(last=NOW), events=[event("start", START)])
    assert (found.running, found.verdict) == (True, Verdict.PENDING)
    assert [finding.message for finding in found.findings] == [
        "the master hasn't said that the run is over"
    ]


def test_of_an_open_run_one_reason_to_wait_is_enough():
    found = audited(worker(final=False, last=NOW), events=[event("start", START)])
    assert [finding.message for finding in found.findings] == ["worker-0 is still running"]


def test_a_run_that_ended_just_now_is_not_open():
    found = audited(worker(last=NOW), events=[event("start", START), event("stop", NOW)])
    assert (found.running, found.verdict) == (False, Verdict.COMPLETE)


def test_a_run_that_nobody_ended_and_nobody_hears_of_was_interrupted():
    found = audited(worker(), events=[event("start", START)])
    assert (found.running, found.interrupted) == (False, True)
    assert found.said == "complete (interrupted)"
    assert found.line().endswith("each one stored (interrupted)")
    assert found.notes()[0].startswith("The run was interrupted: it began, but its master never")


def test_a_run_that_waits_in_a_spool_is_no_interrupted_one():
    waiting = worker(stored=9, delivered=9, pending=1)
    found = audited(waiting, events=[event("start", START)])
    assert (found.running, found.interrupted) == (True, False)


def test_a_run_without_a_master_was_not_interrupted():
    found = audited(worker(), events=[event("note", START)])
    assert (found.running, found.interrupted, found.verdict) == (False, False, Verdict.COMPLETE)


def test_a_run_of_two_masters_is_over_when_both_have_said_so():
    events = [event("start", START), event("start", START + 1), event("stop", LONG_AGO)]
    assert audited(worker(), events=events).interrupted
    assert not audited(worker(), events=[*events, event("stop", LONG_AGO + 1)]).interrupted


def test_a_run_is_over_when_the_last_of_its_masters_ended_it():
    events = [
        *(event("start", START), event("start", START + 1)),
        *(event("stop", LONG_AGO + 1), event("stop", LONG_AGO)),
    ]
    assert audited(events=events).verdict is Verdict.PENDING


def test_a_run_began_with_its_first_start_or_else_with_its_first_point():
    events = [event("start", START + 7), event("start", START), event("stop", NOW)]
    assert audited(worker(), events=events).began == START
    assert audited(worker(), events=[event("note", NOW)]).began == START - 5


def test_the_accounts_add_up_over_the_workers():
    found = audited(
        worker(seen=1_010, delivered=1_000, stored=0, rejected=4, lost=3),
        worker("worker-1", delivered=7, stored=0, rejected=1, lost=1),
    )
    assert found.account() == ("1,020 seen = 1,007 delivered + 5 rejected + 4 lost + 4 pending")


def test_a_good_run_needs_no_notes():
    assert audited(worker()).notes() == ()


@pytest.mark.parametrize(("rejected", "lost"), [(1_200, 0), (0, 3)])
def test_points_that_tell_of_no_request_are_noted(rejected: int, lost: int):
    (note,) = audited(worker(points_rejected=rejected, points_lost=lost)).notes()
    assert note.startswith(
        f"Of the points of worker-0, {rejected:,} were rejected and {lost:,} lost"
    )


def test_where_locust_itself_counted_fewer_is_noted_once_it_is_final():
    (note,) = audited(worker(locust=9)).notes()
    assert note.startswith(
        "Locust's own statistics in worker-0 say 9 requests, fewer than the 10 that were recorded"
    )
    assert (
        audited(worker(locust=0))
        .notes()[0]
        .startswith("Locust's own statistics in worker-0 say 0 requests")
    )
    assert audited(worker(locust=9, final=False)).notes() == ()
    assert audited(worker(locust=None)).notes() == ()


def test_failures_that_no_request_stands_behind_are_noted_once_it_is_final():
    (note,) = audited(worker(failures_alone=1_002)).notes()
    assert note.startswith(
        "Locust's own statistics in worker-0 count 1,002 failures more than requests"
    )
    assert "1 failure more" in audited(worker(failures_alone=1)).notes()[0]
    assert audited(worker(failures_alone=1)).verdict is Verdict.COMPLETE
    assert audited(worker(failures_alone=1, final=False)).notes() == ()


@pytest.mark.parametrize(
    ("counts", "said"), [([1], "an exception,"), ([1_200, 3], "1,203 exceptions,")]
)
def test_exceptions_in_users_code_are_noted(counts: list[int], said: str):
    found = audited(worker(), user_errors=[{"count": n} for n in counts])
    (note,) = found.notes()
    assert note.startswith(f"The locustfile's own code let out {said}")


def test_generators_that_did_not_keep_up_are_noted():
    found = audited(worker(), worker_strain=[strained(50)])
    (note,) = found.notes()
    assert note.startswith("Generators: saturated: worker-0 was saturated (50 of 100 seconds")
    assert audited(worker(), worker_strain=[strained(0)]).notes() == ()


def test_what_locust_says_on_its_masters_is_noted_for_comparison():
    events = [*RAN, event("stop", LONG_AGO, requests=1_000), event("stop", LONG_AGO, requests=7)]
    found = audited(worker(), events=events)
    assert found.locust_requests == 1_007
    assert found.notes()[0].startswith("Locust's own statistics say 1,007 requests: for comparison")
    assert audited(worker()).locust_requests is None


def test_json_says_all_that_is_known():
    found = audited(
        worker(stored=9, delivered=9, totals=9, lost=1, points_lost=2),
        user_errors=[{"count": 4}],
        worker_strain=[strained(50)],
    )
    told = json.loads(json.dumps(found.to_json()))
    (account,) = told.pop("workers")
    assert (account["worker"], account["seen"], account["missing"]) == ("worker-0", 10, 1)
    assert told.pop("findings") == [
        {"worker": "worker-0", "message": "worker-0 lost 1 request", "waiting": False, "news": True}
    ]
    assert told.pop("generators")["verdict"] == "saturated"
    assert told.pop("notes") == list(found.notes())
    assert told == {
        "run": "r",
        "verdict": "incomplete",
        "said": "incomplete by 1",
        "line": "incomplete by 1 of 10 requests, because worker-0 lost 1 request",
        "running": False,
        "interrupted": False,
        "account": "10 seen = 9 delivered + 0 rejected + 1 lost + 0 pending",
        "locust_requests": None,
        "stored": 9,
        "seen": 10,
        "missing": 1,
        "user_errors": 4,
        "more_workers": 0,
        "more_findings": 0,
    }


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


def test_nobody_waits_for_longer_than_asked():
    found, wait = settled(2.5, arrives=9)
    assert (found.verdict, wait.slept) == (Verdict.PENDING, [1.0, 1.0, 0.5])
    assert settled(0, arrives=9)[1].slept == []


def test_nobody_waits_for_what_waiting_does_not_heal():
    answers = Answers(delivery=[worker(rejected=1, stored=9)], run_events=RAN)
    wait = Wait(answers, 0)
    found = audit_when_settled(answers, "r", 60, sleep=wait.sleep, clock=wait.clock)
    assert (found.verdict, wait.slept) == (Verdict.INCOMPLETE, [])


def test_the_newest_run_is_the_one_that_started_last():
    runs = [{"run": "a", "start": 3}, {"run": "b", "start": 9}, {"run": "c", "start": None}]
    assert newest_run(Answers(runs=runs)) == "b"


def test_a_store_without_a_run_says_where_one_may_be():
    with pytest.raises(NoDataError, match="holds no run") as caught:
        newest_run(Answers())
    assert "INFLUXDB_V2_URL" in str(caught.value)


def test_no_name_of_a_worker_begins_a_line():
    """A CI's log obeys `::error::` there."""
    odd = "w\n::error::x"
    named = worker(odd, failures_alone=1, points_lost=2, locust=5)
    found = audited(named, worker_strain=[{**strained(99), "worker": odd}])
    assert len(found.notes()) >= 3
    assert all(text.isprintable() for text in (*found.notes(), found.sentence()))
