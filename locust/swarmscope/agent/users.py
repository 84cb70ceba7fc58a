"""The users that Locust's runner has in this process: whether they run, how many, and their end."""

import logging
from collections.abc import Iterator, Mapping

import gevent
from locust.env import Environment
from locust.runners import STATE_RUNNING, STATE_SPAWNING, Runner, WorkerRunner

log = logging.getLogger(__name__)

_UNDER_WAY = (STATE_SPAWNING, STATE_RUNNING)
_LONGEST_S = 60
"""A tick that comes later than this wasn't late: the machine slept."""


class Told:
    """How many users there were in each second, whether or not there was a tick in it."""

    def __init__(self) -> None:
        self._second = 0
        self._users: Mapping[str, int] = {}

    def until(
        self, second: int, users: Mapping[str, int]
    ) -> Iterator[tuple[int, Mapping[str, int]]]:
        """Yield each second since the last call, with its users, up to *second* with *users*.

        In a second that a busy loop or a full machine left out they were there as before. Without
        them all workers together would have fewer, and boards show users leaving that never left.
        """
        first = self._second + 1 if second - self._second <= _LONGEST_S else second
        for missed in range(first, second):
            yield missed, self._users
        self._second, self._users = second, dict(users)
        yield second, users


def told_to_spawn(runner: WorkerRunner) -> bool:
    """Whether the master has told this worker to spawn users."""
    return runner.worker_state in _UNDER_WAY


def run_goes_on(runner: Runner) -> bool:
    """Whether *runner* is in the middle of a run."""
    state = runner.worker_state if isinstance(runner, WorkerRunner) else runner.state
    # A worker's state outlives its run by its stop_timeout, its users don't.
    return state in _UNDER_WAY and runner.user_count > 0


def end_users(runner: Runner, patience_s: float) -> None:
    """End users that run while the process exits: somebody called sys.exit(), say.

    Locust doesn't stop them then. They would go on requesting while the process waits for its last
    flush, and no marker that says "all is written" could be true. Waits *patience_s* at most.
    """
    if not runner.user_greenlets:
        return
    log.warning(
        "The process exits while users run (%d; sys.exit() in a locustfile, or several "
        "interrupts?): they are ended, and what they requested is recorded. To end a test, call "
        "environment.runner.quit().",
        len(runner.user_greenlets),
    )
    if runner.spawning_greenlet:
        runner.spawning_greenlet.kill(timeout=patience_s)
    while runner.user_greenlets:
        before = len(runner.user_greenlets)
        runner.user_greenlets.kill(timeout=patience_s)
        if len(runner.user_greenlets) == before:
            return  # they don't end in time


def end_test(environment: Environment, runner: Runner) -> None:
    """End the test as Locust does when its time is up."""
    if environment.web_ui is None:
        runner.quit()
        return
    runner.stop()
    options = environment.parsed_options
    patience = getattr(options, "autoquit", -1)
    if getattr(options, "autostart", False) and patience != -1:
        gevent.sleep(patience)
        runner.quit()
        environment.web_ui.stop()
