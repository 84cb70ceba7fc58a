"""The audit of a run: what it makes of the store's answers, and how it says that."""

import time
from typing import Any

import pytest
from tests.fixtures.answers import Answers, event
from tests.fixtures.audits import LONG_AGO, NOW, RAN, START, TWICE, audited, worker

from swarmscope.errors import ExitCode, NoDataError
from swarmscope.runs.audit import Verdict, audit, newest_run
from swarmscope.runs.judge import PATIENCE_MS


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


@pytest.mark.parametrize(("count", "said"), [(1, "1 exception"), (1_365, "1,365 exceptions")])
def test_a_run_without_a_request_says_that_its_code_let_out_exceptions(count: int, said: str):
    """A host without a scheme: where that line is all that one sees, it must lead to the cause."""
    nothing = worker(seen=0, delivered=0, stored=0, totals=0, locust=0)
    found = audited(nothing, user_errors=[{"count": count}])
    assert found.line() == (
        "no data to judge: not one request is known of; its users' own code let out " + said
    )


def test_a_worker_that_never_spoke_may_have_had_requests():
    """A client that blocks its process: requests were made, and nobody can say that none was."""
    silent = worker(seen=None, delivered=None, stored=0, totals=None, locust=None, final=None)
    found = audited({**silent, "last": None})
    assert found.verdict is Verdict.INCOMPLETE
    assert found.line() == "incomplete, because worker-0 joined, but nothing of it has arrived"


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
    assert found.said == "running"
    assert found.line() == "running: 10 requests of 1 worker stored so far"


def test_a_run_that_goes_on_is_not_just_running_where_something_is_amiss():
    start, going = event("start", START), worker(final=False, last=NOW)
    left = event("worker_leave", NOW, subject="worker-0")
    assert audited({**going, "lost": 2, "seen": 12}, events=[start]).said == (
        "incomplete by 2 (running)"
    )
    assert audited(going, events=[start, left]).said == "pending (running)"
    assert audited(events=[event("start", NOW)]).said == "pending (running)"


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


def test_two_runs_of_one_id_are_no_complete_one_whatever_each_of_them_is():
    found = audited(worker(), events=TWICE)
    assert (found.verdict, found.said) == (Verdict.INCOMPLETE, "incomplete")
    assert found.line().startswith(
        "incomplete, because 2 runs have this id, or its master was started anew: it began at 1970-"
    )
    going = audited(worker(final=False, last=NOW), events=[*RAN, event("start", NOW)])
    assert (going.said, going.in_order) == ("running", True)


def test_a_start_that_was_stored_twice_is_one():
    found = audited(worker(), events=[RAN[0], *RAN])
    assert (found.starts, found.verdict) == ((RAN[0]["time"],), Verdict.COMPLETE)


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
        worker(seen=1_010, delivered=1_000, stored=0, rejected=4, lost=3, pending=3),
        worker("worker-1", delivered=7, stored=0, rejected=1, lost=1, pending=1),
    )
    assert found.account() == ("1,020 seen = 1,007 delivered + 5 rejected + 4 lost + 4 pending")


def test_the_newest_run_is_the_one_that_started_last():
    runs = [{"run": "a", "start": 3}, {"run": "b", "start": 9}, {"run": "c", "start": None}]
    assert newest_run(Answers(runs=runs)) == "b"


def test_a_store_without_a_run_says_where_one_may_be():
    with pytest.raises(NoDataError, match="holds no run") as caught:
        newest_run(Answers())
    assert "INFLUXDB_V2_URL" in str(caught.value)
