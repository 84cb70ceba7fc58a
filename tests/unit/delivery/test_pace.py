"""Several seconds in one write where there are many workers, or the store is slow; none is late."""

import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from tests.fixtures.fake_influx import FakeInflux, Reply
from tests.fixtures.patience import wait_until
from tests.fixtures.spools import leave

from swarmscope.delivery import Delivery
from swarmscope.delivery.lane import Lane
from swarmscope.delivery.pace import LONGEST_PACE_S, Pace
from swarmscope.spool import Batch

RAW, LONG = "loadtest", "loadtest_long"
NEVER = 1e6
"""Of no use but here: a moment that no test waits for."""
Start = Callable[..., Delivery]


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def paced(seconds: float, clock: Clock, share: float = 0.0) -> Pace:
    pace = Pace(RAW, share, clock)
    pace.set(seconds)
    return pace


def answer(pace: Pace, took: float, times: int) -> None:
    for _ in range(times):
        pace.answered(took)


def test_up_to_a_second_everything_is_always_due(clock: Clock) -> None:
    pace = Pace(RAW, 0.5, clock)
    pace.looked()
    assert pace.left() is None
    pace.set(0.2)
    pace.looked()
    assert pace.left() is None


def test_what_is_new_is_due_at_fixed_moments_wherever_between_them_it_was_looked_for(
    clock: Clock,
) -> None:
    pace = paced(10, clock)
    assert pace.left() == 0
    for clock.now in (1_000.0, 1_003.0, 1_009.0):
        pace.looked()
        assert pace.left() == 1_010 - clock.now
    clock.now = 1_012.5
    assert pace.left() == 0


def test_the_moments_of_many_workers_are_spread(clock: Clock) -> None:
    due = []
    for worker in range(20):
        pace = paced(10, clock, worker / 20)
        pace.looked()
        due.append(pace.left())
    assert len(set(due)) == 20
    assert min(filter(None, due)) > 0
    assert max(filter(None, due)) <= 10


def test_no_pace_is_longer_than_the_longest(clock: Clock) -> None:
    assert paced(3_600, clock).seconds == LONGEST_PACE_S
    slowed = paced(6, clock)
    answer(slowed, 100.0, 30)
    assert slowed.seconds == LONGEST_PACE_S


def test_answers_that_take_long_several_times_in_a_row_double_the_pace(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    pace = paced(1, clock)
    answer(pace, 0.5, 2)
    answer(pace, 0.1, 1)
    answer(pace, 0.5, 2)
    assert pace.seconds == 1
    answer(pace, 0.5, 1)
    assert pace.seconds == 2
    assert caplog.messages == [
        "The store takes long to answer (0.5 s, for the bucket loadtest): it is sent what is new "
        "each 2 s from now on. All of it is on disk meanwhile."
    ]
    answer(pace, 0.5, 30)
    assert pace.seconds == 2


def test_a_pace_that_is_asked_for_anew_knows_nothing_of_a_slow_store(clock: Clock) -> None:
    """The end of a run sends at once, and waits for no moment that a slow store had brought."""
    pace = paced(2, clock)
    for _ in range(3):
        pace.answered(1.9)
    assert pace.seconds == 4
    for seconds in (2, 1):
        pace.set(seconds)
        assert pace.seconds == seconds
    assert pace.left() is None


def test_the_pace_comes_back_when_the_store_is_quick_again_and_no_further_than_was_asked(
    clock: Clock,
) -> None:
    pace = paced(2, clock)
    answer(pace, 5.0, 6)
    assert pace.seconds == 8
    answer(pace, 1.0, 30)  # an eighth of it: neither slow nor quick
    assert pace.seconds == 8
    answer(pace, 0.1, 2)
    assert pace.seconds == 8, "it may be luck"
    answer(pace, 0.1, 4)
    assert pace.seconds == 2
    answer(pace, 0.01, 30)
    assert pace.seconds == 2


def batch(number: int, bucket: str = RAW, run: str = "run-1") -> Batch:
    return Batch(bucket, run, 1, [f"locust_stats,name=/a,run={run} count=1i {number}"])


def waits(lane: Lane) -> None:
    """Let *lane* stand at a moment that never comes."""
    lane._pace._next = lane._pace._clock() + NEVER


def numbers(fake: FakeInflux) -> list[int]:
    return [int(line.rpartition(" ")[2]) for line in fake.lines]


@pytest.fixture
def waiting(start: Start) -> Delivery:
    """A delivery of which nothing new is due."""
    delivery = start()
    wait_until(lambda: all(lane.idle for lane in delivery._lanes.values()))
    delivery.pace(10)
    wait_until(lambda: all(lane._pace._next for lane in delivery._lanes.values()))
    for lane in delivery._lanes.values():
        waits(lane)
        lane.wake()
    return delivery


def test_what_is_not_due_waits_on_disk_and_goes_in_one_write(
    waiting: Delivery, fake: FakeInflux
) -> None:
    lane = waiting._lanes[RAW]
    for number in range(10):
        waiting.keep(batch(number))
    wait_until(lambda: lane.idle and not lane._wake.is_set())
    assert (fake.attempts, waiting._outbox.own_batches(RAW)) == (0, 10)
    lane._pace._next = 0.0
    lane.wake()
    wait_until(lambda: waiting.account("run-1").requests_delivered == 10)
    assert fake.attempts == 1


def test_when_it_is_due_it_goes_though_nothing_else_comes(start: Start, fake: FakeInflux) -> None:
    delivery = start()
    delivery.pace(1.5)
    delivery.keep(batch(1))
    wait_until(lambda: numbers(fake) == [1])
    delivery.keep(batch(2))
    wait_until(lambda: numbers(fake) == [1, 2])


def test_the_end_of_a_run_waits_for_no_moment_nor_does_what_comes_after_it(
    waiting: Delivery, fake: FakeInflux
) -> None:
    waiting.keep(batch(1))
    waiting.keep(batch(2, LONG))
    assert waiting.flush(60)
    assert sorted(numbers(fake)) == [1, 2]
    waiting.keep(batch(3))
    wait_until(lambda: waiting.account("run-1").requests_delivered == 3)


def test_the_next_run_s_pace_holds_again(waiting: Delivery) -> None:
    assert waiting.flush(60)
    lane = waiting._lanes[RAW]
    assert lane._pace.left() is None
    waiting.pace(10)
    assert lane._pace.seconds == 10


def test_the_same_pace_told_again_hastens_nothing(waiting: Delivery, fake: FakeInflux) -> None:
    waiting.keep(batch(1))
    waiting.pace(10)
    lane = waiting._lanes[RAW]
    wait_until(lambda: lane.idle and not lane._wake.is_set())
    assert (lane._pace.left() or 0) > LONGEST_PACE_S
    assert not fake.lines


def test_what_could_not_be_sent_and_what_others_left_wait_for_no_moment(
    waiting: Delivery, fake: FakeInflux, tmp_path: Path
) -> None:
    lane = waiting._lanes[RAW]
    fake.refusals[RAW] = Reply(503, "no")
    asked = fake.asked
    waiting.keep(batch(1))
    lane._pace._next = 0.0
    lane.wake()
    wait_until(lambda: fake.asked > asked)
    waits(lane)
    waiting.keep(batch(2))
    leave(tmp_path / "spool", batch(3, run="theirs"))
    waiting._sweep.set()
    del fake.refusals[RAW]
    wait_until(lambda: sorted(numbers(fake)) == [1, 3])
    assert waiting._outbox.own_batches(RAW) == 1


def test_a_lane_that_waits_for_its_moment_does_not_stand_still(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    delivery = start(INFLUXDB_V2_TIMEOUT="50")  # so that the watchdog would speak after 0.45 s
    delivery.pace(10)
    lane = delivery._lanes[RAW]
    wait_until(lambda: lane._pace._next > 0 and lane.idle)
    waits(lane)
    lane.wake()
    wait_until(lambda: lane.idle and not lane._wake.is_set())
    caplog.clear()
    delivery.keep(batch(1))
    watchdog = delivery._watchdog
    assert watchdog
    wait_until(lambda: lane.idle and monotonic() - lane.beat > 4 * watchdog._patience)
    assert "has stood still" not in caplog.text


def test_a_bucket_that_refuses_is_asked_again_whatever_the_pace(
    start: Start, fake: FakeInflux
) -> None:
    fake.refusals[LONG] = Reply(404, "no")
    delivery = start()
    lane = delivery._lanes[LONG]
    wait_until(lambda: lane.refused and lane.idle)
    delivery.pace(10)
    waits(lane)
    del fake.refusals[LONG]
    wait_until(lambda: not lane.refused)


def test_a_store_that_asks_for_time_gets_it_in_a_paced_run(
    waiting: Delivery, fake: FakeInflux
) -> None:
    lane = waiting._lanes[RAW]
    replies = iter([Reply(429, "slow down", {"Retry-After": "2"})])
    fake.answer = lambda _: next(replies, Reply())
    waiting.keep(batch(1))
    lane._pace._next = 0.0
    lane.wake()
    wait_until(lambda: lane.paused_until)
    waits(lane)
    until = lane.paused_until
    waiting.keep(batch(2))
    wait_until(lambda: waiting.account("run-1").requests_delivered == 1)
    assert lane.beat >= until
    assert numbers(fake) == [1]


@pytest.mark.long
def test_a_slow_store_is_sent_several_seconds_at_once(start: Start, fake: FakeInflux) -> None:
    quick = threading.Event()

    def reply(_: object) -> Reply:
        quick.wait(0.5)
        return Reply()

    fake.answer = reply
    delivery = start()
    lane, account = delivery._lanes[RAW], delivery.account("run-1")

    def until_it_is(pace: float) -> None:
        while lane._pace.seconds != pace:
            delivery.keep(batch(1))
            wait_until(lambda: not account.requests_pending)

    until_it_is(2)
    quick.set()
    until_it_is(1)
    assert len(fake.lines) == account.requests_seen
