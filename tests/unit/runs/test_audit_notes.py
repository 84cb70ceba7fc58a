"""What an audit notes beside its verdict, and how it is told."""

import json

import pytest
from tests.fixtures.answers import event
from tests.fixtures.audits import LONG_AGO, RAN, audited, strained, worker

from swarmscope.runs.audit import Verdict


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
    ("counts", "said"), [([1], "1 exception,"), ([1_200, 3], "1,203 exceptions,")]
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
        "arrivals": {"due": 0, "dropped": 0, "late": 0, "line": "0 due · 0 begun", "said": []},
        "more_workers": 0,
        "more_findings": 0,
    }


def test_no_name_of_a_worker_begins_a_line():
    """A CI's log obeys `::error::` there."""
    odd = "w\n::error::x"
    named = worker(odd, failures_alone=1, points_lost=2, locust=5)
    found = audited(named, worker_strain=[{**strained(99), "worker": odd}])
    assert len(found.notes()) >= 3
    assert all(text.isprintable() for text in (*found.notes(), found.sentence()))
