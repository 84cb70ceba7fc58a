"""What Locust's own paces leave out, told of."""

import pytest
from locust import User, between, constant_pacing, constant_throughput, task
from locust.env import Environment

from swarmscope.load import lateness, pacing
from swarmscope.load.pacing import Paced, watch
from swarmscope.load.runs import run_of, timed


@pytest.mark.parametrize(
    ("took", "due", "dropped", "late"),
    [
        (0.2, 1, 0, 0.0),
        (0.999, 1, 0, 0.0),
        (1.25, 1, 0, 0.25),
        (3.5, 3, 2, 0.5),
        (2.0, 2, 1, 0.0),
    ],
)
def test_iterations_that_should_have_begun_are_counted(
    took: float, due: int, dropped: int, late: float
) -> None:
    """Of a pace of one a second."""
    paced = Paced("Buyer")
    assert paced.note(took, 1.0) == pytest.approx(late)
    counts = paced.take()
    assert (counts.due, counts.dropped) == (due, dropped)
    assert (counts.late, counts.longest_late) == (int(late > 0.1), pytest.approx(late))
    assert paced.take().due == 0


@pytest.mark.parametrize("wait_time", [constant_pacing(10), constant_throughput(0.1)])
def test_users_wait_as_before_and_it_is_told(
    wait_time: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Buyer(User):
        @task
        def buy(self) -> None: ...

    Buyer.wait_time = wait_time  # type: ignore[assignment]
    now = [1_000.0]
    for module in ("locust.user.wait_time.perf_counter", "swarmscope.load.pacing.monotonic"):
        monkeypatch.setattr(module, lambda: now[0])
    paced = Paced("Buyer")
    assert watch(Buyer, lambda _: paced)
    assert watch(Buyer, lambda _: paced), "again: nothing changes"
    user = Buyer(Environment())
    user._cp_last_run = now[0]
    now[0] += 4
    assert user.wait_time() == pytest.approx(6)
    now[0] += 6 + 27  # the next begins in time and takes 27 s
    assert user.wait_time() == 0
    assert paced.take() == pacing.Counts(due=2, dropped=1, late=1, longest_late=pytest.approx(7))
    assert lateness.take() is not None


def test_other_users_keep_no_pace() -> None:
    class Idler(User):
        wait_time = between(1, 2)

    before = Idler.wait_time
    environment = Environment(user_classes=[Idler])
    assert not timed(environment)
    assert Idler.wait_time is before
    assert not list(run_of(environment).take())
