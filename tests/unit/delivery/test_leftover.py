"""What is added to the account of a worker that died before all of its batches were sent."""

import gzip

from swarmscope.delivery.leftover import Leftover
from swarmscope.spool import Batch, Kept

OWN = "locust_worker,host=gen\\ a,run=r\\ 1,worker=worker-7"


def kept(*lines: str, run: str = "r 1") -> Kept:
    return Kept(1, "loadtest", run, 0, len(lines), gzip.compress("\n".join(lines).encode()))


def amended(leftover: Leftover) -> list[tuple[str, int, str]]:
    """Return run, requests and the one line, without its time, of each amendment."""
    found = []
    for batch in leftover.amendments("loadtest"):
        assert isinstance(batch, Batch)
        assert batch.bucket == "loadtest"
        (line,) = batch.lines
        found.append((batch.run, batch.requests, line.rpartition(" ")[0]))
    return sorted(found)


def known(run: str = "r 1") -> Leftover:
    leftover = Leftover()
    leftover.learn(
        [
            kept("locust_stats,run=x count=1i 1", f"{OWN} seen=1i 2", "locust_worker,run=y a=1 3"),
            kept("locust_worker,run=z a=1i 1"),
        ]
    )
    return leftover


def test_what_is_rejected_or_lost_is_written_once_under_the_dead_workers_own_tags():
    leftover = known()
    leftover.rejected("r 1", 2)
    leftover.rejected("r 1", 3)
    leftover.lost("r 1", 4)
    leftover.lost("r 1", 6)
    assert str(leftover).endswith("; 5 were rejected, 10 lost")
    assert amended(leftover) == [("r 1", 0, f"{OWN} replay_rejected=5i,replay_lost=10i")]
    assert amended(leftover) == []


def test_either_is_enough():
    leftover = known()
    leftover.rejected("r 1", 2)
    assert str(leftover).endswith("; 2 were rejected, 0 lost")
    assert amended(leftover) == [("r 1", 0, f"{OWN} replay_rejected=2i,replay_lost=0i")]
    leftover.lost("r 1", 1)
    assert amended(leftover) == [("r 1", 0, f"{OWN} replay_rejected=0i,replay_lost=1i")]


def test_where_nothing_is_missing_there_is_nothing_to_add():
    leftover = known()
    leftover.taken(1_200)
    leftover.rejected("r 1", 0)
    assert amended(leftover) == []
    assert str(leftover) == "1,200 requests that another process left"


def test_runs_are_amended_each_by_itself():
    leftover = Leftover()
    leftover.learn([kept(f"{OWN} seen=1i 2"), kept("locust_worker,run=s seen=1i 2", run="s")])
    leftover.lost("s", 1)
    leftover.rejected("r 1", 1)
    assert [run for run, _, _ in amended(leftover)] == ["r 1", "s"]


def test_a_worker_that_never_told_of_itself_has_no_account_to_amend():
    leftover = Leftover()
    leftover.lost("r 1", 1)
    assert amended(leftover) == []


def test_what_the_store_took_adds_up():
    leftover = Leftover()
    leftover.taken(3)
    leftover.taken(4)
    assert leftover.delivered == 7
