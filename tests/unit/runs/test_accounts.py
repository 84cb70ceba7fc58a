"""A worker's account is put together from all who tell of it."""

from typing import Any

import pytest
from tests.fixtures.answers import event

from swarmscope.runs.accounts import WorkerAccount, accounts_of, in_words


def row(worker: str = "worker-0", **counts: Any) -> dict[str, Any]:
    return {"worker": worker, "host": "box", "final": True, "last": 5, **counts}


def only(*rows: dict[str, Any]) -> WorkerAccount:
    ((account,), _) = accounts_of(rows, [])
    return account


def test_every_number_that_was_told_is_in_its_place():
    counts = {
        "seen": 99,
        "locust": 98,
        "unheard": 11,
        "unheard_failures": 12,
        "failures_alone": 13,
        "delivered": 50,
        "rejected": 7,
        "lost": 5,
        "pending": 1,
        "stored": 40,
        "totals": 94,
        "points_rejected": 3,
        "points_lost": 2,
    }
    found = vars(only(row(**counts)))
    assert found == {
        **counts,
        "worker": "worker-0",
        "host": "box",
        "final": True,
        "last": 5,
        "left": None,
    }


def test_what_was_never_told_counts_as_none():
    found = only({"worker": "worker-0", "host": None, "seen": None, "final": None})
    assert (found.host, found.seen, found.stored, found.totals) == ("", 0, 0, 0)
    assert (found.locust, found.final, found.last, found.left) == (None, False, None, None)


def test_who_joined_and_who_was_heard_of_have_an_account_each():
    events = [
        event("worker_join", 1, subject="worker-1"),
        event("worker_leave", 7, subject="worker-1"),
        event("worker_join", 2, subject="worker-2"),
        event("start", 0),
        event("worker_leave", 9),
        event("worker_join", 9),
    ]
    found, _ = accounts_of([row("worker-0"), row("worker-1", stored=3)], events)
    assert [(a.worker, a.stored, a.left) for a in found] == [
        ("worker-0", 0, None),
        ("worker-1", 3, 7),
        ("worker-2", 0, None),
    ]


def test_who_comes_back_has_not_left():
    events = [
        event("worker_leave", 1, subject="worker-0"),
        event("worker_join", 2, subject="worker-0"),
    ]
    assert [a.left for a in accounts_of([], events)[0]] == [None]


@pytest.mark.parametrize(
    "count",
    ["seen", "locust", "unheard", "unheard_failures", "failures_alone", "stored", "totals"],
)
def test_a_master_has_an_account_once_it_made_a_request(count: str):
    assert accounts_of([row("master", seen=0, locust=0)], []) == ((), 0)
    assert [a.worker for a in accounts_of([row("master", **{count: 1})], [])[0]] == ["master"]


def test_who_told_least_of_its_requests_is_not_believed():
    assert only(row(seen=10, totals=12)).recorded == 12
    assert only(row(seen=12, totals=10)).recorded == 12


def test_what_locust_alone_counted_passed_by_once_nothing_more_can_come():
    assert only(row(seen=10, locust=13)).passed_by == 3
    assert only(row(seen=10, locust=13)).expected == 13
    assert only(row(seen=10, locust=13, final=False)).passed_by == 0
    assert only(row(seen=10, locust=9)).passed_by == 0
    assert only(row(seen=10, locust=None)).passed_by == 0


def test_what_passed_by_is_the_larger_of_endpoints_and_sums():
    assert only(row(seen=10, locust=13, unheard=2)).passed_by == 3
    assert only(row(seen=10, locust=13, unheard=5)).passed_by == 5
    assert only(row(seen=10, locust=9, unheard=5)).expected == 15
    assert only(row(seen=10, locust=9, unheard=5, final=False)).passed_by == 0


def test_what_is_expected_and_not_stored_is_missing():
    assert only(row(seen=10, locust=11, stored=4)).missing == 7
    assert only(row(seen=10, stored=12)).missing == 0


def test_numbers_of_requests_are_said_in_words():
    assert [in_words(n) for n in (0, 1, 2, 12_345)] == [
        "0 requests",
        "1 request",
        "2 requests",
        "12,345 requests",
    ]
