"""What is counted for which run: here, or with what is known of a dead process."""

import gzip

import pytest

from swarmscope.delivery.accounts import Account, Accounts
from swarmscope.delivery.leftover import Leftover
from swarmscope.delivery.outcome import Outcome
from swarmscope.delivery.source import Loss
from swarmscope.spool import Batch, Kept


def kept(run: str = "r", requests: int = 3, points: int = 2, bucket: str = "loadtest") -> Kept:
    return Kept(1, bucket, run, requests, points, b"")


def test_what_comes_in_is_seen_by_its_run():
    accounts = Accounts()
    accounts.seen(Batch("loadtest", "r", 3, ["m f=1 1"]))
    accounts.seen(Batch("loadtest", "r", 4, ["m f=1 1"]))
    accounts.seen(Batch("loadtest", "s", 5, ["m f=1 1"]))
    assert (accounts.of("r"), accounts.of("s")) == (Account(7), Account(5))


def test_what_has_to_be_sent_again_is_counted_in_points():
    accounts = Accounts()
    accounts.retried([kept(), kept(points=5), kept("s")])
    assert accounts.of("r") == Account(points_retried=7)
    assert accounts.of("s") == Account(points_retried=2)


def test_what_a_full_spool_drops_is_lost_and_said_once_a_run_and_bucket(
    caplog: pytest.LogCaptureFixture,
):
    accounts = Accounts()
    accounts.dropped([kept(), kept(requests=4, points=1)])
    accounts.dropped([kept(), kept("s"), kept(bucket="other")])
    assert accounts.of("r") == Account(requests_lost=13, points_lost=7)
    assert accounts.of("s") == Account(requests_lost=3, points_lost=2)
    said = [record.getMessage() for record in caplog.records]
    assert ["bucket loadtest are dropped" in text for text in said] == [True, True, False]
    assert "bucket other are dropped" in said[2]
    assert said[0] == (
        "The spool is full (SWARMSCOPE_SPOOL_MAX_BYTES): the oldest windows for the bucket "
        "loadtest are dropped and counted as lost. Make the store take them, or give the spool "
        "more room."
    )


def test_what_is_gone_is_lost():
    accounts = Accounts()
    accounts.lost_all([Loss("r", 3, 2), Loss("r", 1, 1), Loss("s", 5, 4)])
    assert accounts.of("r") == Account(requests_lost=4, points_lost=3)
    assert accounts.of("s") == Account(requests_lost=5, points_lost=4)


def outcome() -> Outcome:
    made = Outcome()
    made.add(kept(requests=10, points=6), requests=3, points=2)
    made.add(kept("s", requests=5, points=4))
    return made


def test_a_write_is_settled_with_the_runs_it_was_of():
    accounts = Accounts()
    for _ in range(2):
        accounts.settle(outcome(), None)
    assert accounts.of("r") == Account(
        requests_delivered=14, points_written=8, requests_rejected=6, points_rejected=4
    )
    assert accounts.of("s") == Account(requests_delivered=10, points_written=8)


def test_a_write_of_what_another_process_left_is_no_business_of_ours():
    accounts, leftover = Accounts(), Leftover()
    told = gzip.compress(b"locust_worker,run=r seen=9i 1\n")
    leftover.learn([Kept(1, "loadtest", "r", 0, 1, told)])
    accounts.settle(outcome(), leftover)
    assert (accounts.of("r"), accounts.of("s")) == (Account(), Account())
    assert str(leftover) == "12 requests that another process left; 3 were rejected, 0 lost"
    (amendment,) = leftover.amendments("loadtest")
    assert amendment.run == "r"
    # whoever judges these runs is told that more of them has come
    assert accounts.replayed == {"r", "s"}


def test_an_account_says_what_became_of_each_request_and_point():
    account = Account(requests_seen=1_020)
    account.taken(9, 2)
    account.taken(1, 1)
    account.rejected(5, 1)
    account.rejected(1, 1)
    account.lost(3, 4)
    account.lost(1, 1)
    assert account == Account(1_020, 10, 6, 4, 3, 0, 2, 5)
    assert str(account) == (
        "1,020 requests seen = 10 delivered + 6 rejected + 4 lost + 1,000 pending; "
        "points: 3 written, 2 rejected, 5 lost"
    )
