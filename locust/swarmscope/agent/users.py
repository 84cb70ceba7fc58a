"""The users that Locust's runner has in this process: whether they run, and their end."""

import logging

from locust.runners import STATE_RUNNING, STATE_SPAWNING, Runner, WorkerRunner

log = logging.getLogger(__name__)

_UNDER_WAY = (STATE_SPAWNING, STATE_RUNNING)


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
