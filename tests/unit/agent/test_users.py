"""Whether users run in this process, and how they end with it."""

from typing import Any

import gevent
import pytest
from gevent.pool import Group
from locust.env import Environment
from locust.runners import LocalRunner, WorkerRunner

from swarmscope.agent.users import end_users, run_goes_on, told_to_spawn


@pytest.fixture
def runner() -> LocalRunner:
    return Environment().create_local_runner()


def worker(state: str, users: int) -> Any:
    """Return a worker, of which the master knows *state*: without its sockets."""
    made = WorkerRunner.__new__(WorkerRunner)
    made.greenlet = None
    made.worker_state = state
    made.user_greenlets = Group()
    for _ in range(users):
        made.user_greenlets.spawn(gevent.sleep, 60)
    return made


@pytest.mark.parametrize(
    ("state", "users", "goes_on", "told"),
    [
        ("spawning", 0, False, True),
        ("spawning", 1, True, True),
        ("running", 2, True, True),
        ("stopped", 2, False, False),
        ("ready", 0, False, False),
    ],
)
def test_a_run_goes_on_while_it_has_users(
    state: str, users: int, goes_on: bool, told: bool
) -> None:
    made = worker(state, users)
    assert (run_goes_on(made), told_to_spawn(made)) == (goes_on, told)
    made.user_greenlets.kill()


def test_of_a_process_that_does_it_all_its_own_state_counts(runner: LocalRunner) -> None:
    runner.user_greenlets.spawn(gevent.sleep, 60)
    assert not run_goes_on(runner)
    runner.state = "running"
    assert run_goes_on(runner)
    runner.user_greenlets.kill()
    assert not run_goes_on(runner)


def test_users_that_run_while_the_process_exits_are_ended(
    runner: LocalRunner, caplog: pytest.LogCaptureFixture
) -> None:
    end_users(runner, 5)
    assert caplog.text == ""
    runner.spawning_greenlet = gevent.spawn(gevent.sleep, 60)
    users = [runner.user_greenlets.spawn(gevent.sleep, 60) for _ in range(3)]
    end_users(runner, 5)
    assert all(user.dead for user in users)
    assert runner.spawning_greenlet.dead
    assert "The process exits while users run (3; sys.exit() in a locustfile" in caplog.text


def test_users_that_do_not_end_are_not_waited_for_for_ever(runner: LocalRunner) -> None:
    def stubborn() -> None:
        while not let_go.is_set():
            try:
                let_go.wait()
            except gevent.GreenletExit:
                continue

    let_go = gevent.event.Event()
    user = runner.user_greenlets.spawn(stubborn)
    gevent.sleep(0)
    end_users(runner, 0.01)
    assert not user.dead
    let_go.set()
    user.join(5)
    assert user.dead


def test_users_that_come_while_others_end_are_ended_too(runner: LocalRunner) -> None:
    def last() -> None:
        try:
            gevent.sleep(60)
        finally:
            runner.user_greenlets.spawn(gevent.sleep, 60)

    runner.user_greenlets.spawn(last)
    runner.user_greenlets.spawn(gevent.sleep, 60)
    gevent.sleep(0)
    end_users(runner, 5)
    assert len(runner.user_greenlets) == 0
