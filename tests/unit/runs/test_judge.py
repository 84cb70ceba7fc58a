"""What keeps a worker's account from being complete, and whether waiting may heal it."""

from typing import Any

import pytest
from tests.fixtures.answers import event
from tests.fixtures.audits import worker

from swarmscope.runs.accounts import WorkerAccount
from swarmscope.runs.judge import PATIENCE_MS, Discrepancy, Judge

NOW = 1_000_000_000
JUST_NOW = NOW - PATIENCE_MS + 1
LONG_AGO = NOW - PATIENCE_MS
START = NOW - 600_000


def account(**more: Any) -> WorkerAccount:
    unseen = {"locust": None, "unheard": 0, "unheard_failures": 0, "failures_alone": 0}
    return WorkerAccount(**{**worker("w"), **unseen, "left": None, **more})


def findings(stop: int | None = LONG_AGO, **more: Any) -> list[Discrepancy]:
    return list(Judge(NOW, START, stop).findings(account(**more)))


def only(stop: int | None = LONG_AGO, **more: Any) -> Discrepancy:
    (finding,) = findings(stop, **more)
    assert finding.worker == "w"
    assert finding.message.startswith("w ")
    return finding


def test_an_account_in_order_has_no_findings():
    assert findings() == []
    assert findings(locust=10) == []


def test_more_stored_than_seen_is_somebody_elses():
    finding = only(stored=1_200, seen=10)
    assert "stored 1,200 requests but saw 10: did two processes share its name?" in finding.message
    assert (finding.waiting, finding.news) == (False, True)


def test_totals_must_say_what_was_seen_less_what_was_dropped_before():
    assert "saw 10 requests, but its totals say 8" in only(totals=8).message
    assert findings(totals=10, lost=0) == []
    messages = [f.message for f in findings(totals=8, lost=2, stored=8)]
    assert messages == ["w lost 2 requests"]
    assert any("totals say 7" in f.message for f in findings(totals=7, lost=2, stored=8))
    assert "totals say 11" in findings(totals=11, stored=11)[0].message


@pytest.mark.parametrize(("last", "waiting"), [(JUST_NOW, True), (LONG_AGO, False)])
def test_totals_that_contradict_may_be_on_their_way_for_a_minute(last: int, waiting: bool):
    finding = only(totals=8, last=last)
    assert (finding.waiting, finding.news) == (waiting, not waiting)


def test_what_others_make_up_for_in_the_sum_is_a_finding_too():
    found = only(locust=10, unheard=4)
    assert found.message.startswith(
        "w counted 10 requests in Locust's own statistics, and 10 reached swarmscope: "
        "4 passed it by, made up for in the sum by others that Locust didn't count (logged to "
        "the statistics without the request event, or fired "
    )
    assert not found.waiting
    assert "made up for" not in only(locust=14, unheard=4).message


def test_failures_alone_are_a_finding_of_their_own():
    found = only(locust=10, unheard_failures=1)
    assert "counted 1 failure in Locust's own statistics that never reached" in found.message
    assert not found.waiting
    assert "1,002 failures in" in only(locust=10, unheard_failures=1_002).message
    with_requests = only(locust=14, unheard=4, unheard_failures=2)
    assert "4 passed it by, 2 failures among them (" in with_requests.message
    assert "but only 10 reached swarmscope: 4 passed it by (" in only(locust=14).message


def test_before_the_marker_no_failure_is_a_finding():
    (finding,) = findings(final=False, unheard_failures=1)
    assert "final marker" in finding.message


def test_what_passed_by_is_a_finding_that_nothing_heals():
    (finding,) = (f for f in findings(locust=1_013) if "passed it by" in f.message)
    assert (
        "counted 1,013 requests in Locust's own statistics, but only 10 reached swarmscope: "
        "1,003 passed it by" in finding.message
    )
    assert (finding.waiting, finding.news) == (False, True)
    assert len(findings(locust=1_013)) == 1  # they aren't missing in the store, too


def test_who_joined_and_was_never_heard_of_is_said():
    finding = only(final=False, last=None, stored=0, seen=0, totals=0)
    assert finding.message == "w joined, but nothing of it has arrived"


def test_who_is_heard_of_while_the_run_goes_on_still_runs():
    finding = only(None, final=False, last=JUST_NOW)
    assert (finding.message, finding.waiting) == ("w is still running", True)
    assert not finding.news


@pytest.mark.parametrize(
    ("stop", "last", "left", "said"),
    [
        (None, LONG_AGO, None, "w has no final marker"),
        (None, JUST_NOW, JUST_NOW, "w left and has no final marker"),
        (JUST_NOW, JUST_NOW, None, "w has no final marker"),
        (None, None, None, "w is still running"),
    ],
)
def test_a_marker_that_is_missing_leaves_an_unknown_rest(
    stop: int | None, last: int | None, left: int | None, said: str
):
    assert only(stop, final=False, last=last, left=left).message.startswith(said)


@pytest.mark.parametrize(
    ("stop", "last", "left", "waiting"),
    [
        (JUST_NOW, LONG_AGO, None, True),
        (LONG_AGO, JUST_NOW, None, True),
        (LONG_AGO, LONG_AGO, JUST_NOW, True),
        (LONG_AGO, LONG_AGO, LONG_AGO, False),
        (None, None, None, True),
    ],
)
def test_a_marker_may_come_within_a_minute_of_the_last_sign_of_life(
    stop: int | None, last: int | None, left: int | None, waiting: bool
):
    assert only(stop, final=False, last=last, left=left, stored=10).waiting is waiting


def test_rejected_and_lost_requests_are_said_and_no_waiting_heals_them():
    found = findings(stored=5, delivered=5, rejected=3, lost=2, totals=8)
    assert [f.message for f in found] == [
        "w had 3 requests rejected by the store",
        "w lost 2 requests",
    ]
    assert not any(f.waiting for f in found)
    assert all(f.news for f in found)


def test_rejected_requests_that_another_process_stored_are_no_finding():
    assert findings(stored=10, delivered=10, rejected=3) == []


def test_what_is_on_its_way_is_waited_for_however_long_ago():
    finding = only(stored=6, delivered=6, pending=4)
    assert finding.message == "w has 4 requests on the way or in its spool"
    assert (finding.waiting, finding.news) == (True, True)


def test_what_neither_arrived_nor_waits_is_short():
    found = findings(stored=6, delivered=9, pending=1)
    assert [f.message for f in found] == [
        "w has 1 request on the way or in its spool",
        "w is short of 3 requests that it takes for delivered",
    ]
    assert [f.waiting for f in found] == [True, False]


def test_no_more_is_on_its_way_than_is_missing():
    assert only(stored=8, delivered=6, pending=4).message.startswith("w has 2 requests on the way")


@pytest.mark.parametrize(
    ("final", "last", "waiting"),
    [(False, JUST_NOW, True), (False, LONG_AGO, False), (True, JUST_NOW, False)],
)
def test_a_message_may_overtake_requests_but_the_last_one_does_not(
    final: bool, last: int, waiting: bool
):
    found = findings(final=final, last=last, stored=6)
    (short,) = (f for f in found if "is short of" in f.message)
    assert short.waiting is waiting


@pytest.mark.parametrize(
    ("pending", "seconds", "news"),
    [
        (10_000, 100, False),  # ten seconds' worth of a thousand requests a second
        (10_001, 100, True),
        (100_000, 1, False),  # in the first second all of it may be on its way
    ],
)
def test_some_requests_are_always_on_their_way_while_a_run_goes_on(
    pending: int, seconds: int, news: bool
):
    start = NOW - seconds * 1_000
    judge = Judge(NOW, start, None)
    going = account(
        seen=100_000, delivered=0, stored=100_000 - pending, pending=pending, final=False, last=NOW
    )
    (waiting,) = (f for f in judge.findings(going) if "on the way" in f.message)
    assert waiting.news is news


@pytest.mark.parametrize(("pending", "news"), [(1, False), (5, False), (6, True)])
def test_a_few_are_on_their_way_also_of_a_run_with_a_request_now_and_then(pending: int, news: bool):
    judge = Judge(NOW, NOW - 400_000, None)
    going = account(
        seen=10, delivered=0, stored=10 - pending, pending=pending, final=False, last=NOW
    )
    (waiting,) = (f for f in judge.findings(going) if "on the way" in f.message)
    assert waiting.news is news


@pytest.mark.parametrize(("final", "stop"), [(True, None), (False, JUST_NOW)])
def test_what_is_on_its_way_after_the_end_is_news(final: bool, stop: int | None):
    many = {"seen": 100_000, "totals": 100_000, "delivered": 99_999, "stored": 99_999}
    found = findings(stop, final=final, last=JUST_NOW, pending=1, **many)
    (waiting,) = (f for f in found if "on the way" in f.message)
    assert waiting.news


def test_a_worker_that_never_told_when_is_judged_by_what_it_saw():
    judge = Judge(NOW, START, None)
    going = account(seen=0, delivered=0, stored=0, totals=8, pending=8, final=False, last=None)
    (waiting,) = (f for f in judge.findings(going) if "on the way" in f.message)
    assert waiting.news


@pytest.mark.parametrize(
    ("start", "stop", "waiting"),
    [
        (JUST_NOW, None, True),
        (LONG_AGO, None, False),
        (LONG_AGO - 1, JUST_NOW, True),
        (LONG_AGO - 1, LONG_AGO, False),
    ],
)
def test_a_run_without_a_worker_is_waited_for_a_minute(start: int, stop: int | None, waiting: bool):
    finding = Judge(NOW, start, stop).nobody()
    assert finding == Discrepancy(
        "", "no worker is known to have taken part", waiting, news=not waiting
    )


def test_a_run_whose_master_has_not_ended_it_is_still_open():
    finding = Judge(NOW, START, None).still_open()
    assert finding.message == "the master hasn't said that the run is over"
    assert (finding.worker, finding.waiting, finding.news) == ("", True, False)


@pytest.mark.parametrize(
    ("last", "told", "heard"),
    [
        (JUST_NOW, LONG_AGO, True),
        (LONG_AGO, JUST_NOW, True),
        (LONG_AGO, LONG_AGO, False),
        (None, LONG_AGO, False),
    ],
)
def test_somebody_is_heard_of_if_a_worker_or_the_master_is(
    last: int | None, told: int, heard: bool
):
    judge = Judge(NOW, START, None)
    assert judge.hears([account(last=last)], [event("start", told)]) is heard
