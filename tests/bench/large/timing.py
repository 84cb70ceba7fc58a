"""How long something takes, until nobody would wait any longer."""

import subprocess
import sys
import time
from collections.abc import Mapping

from tests.bench.asked_boards import Timed, TooSlowError, timed
from tests.bench.large.figures import PATIENCE_S, TOO_SLOW, Figure
from tests.fixtures import server_process

REPEATS = 3


def say(what: str) -> None:
    """Tell whoever waits: what is printed otherwise is the answer."""
    print(f"    {what}", file=sys.stderr, flush=True)  # noqa: T201


def told(what: str, task: Timed) -> Figure:
    """Return how long *task* takes, s, and say so."""
    try:
        took: Figure = round(timed(task, REPEATS), 3)
    except TooSlowError:
        took = TOO_SLOW
    say(f"{took:>8} s  {what}")
    return took


def command(*words: str, env: Mapping[str, str]) -> Timed:
    """Return what runs `swarmscope` with *words*, to the end or as long as anybody waits."""

    def run() -> None:
        try:
            done = server_process.swarmscope(*words, env=env, timeout=PATIENCE_S)
        except subprocess.TimeoutExpired as error:
            raise TooSlowError from error
        assert done.returncode == 0, done.stderr

    return run


def since(begin: float) -> float:
    """Return the seconds since *begin*."""
    return round(time.perf_counter() - begin, 1)
