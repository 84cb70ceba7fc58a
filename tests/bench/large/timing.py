"""How long something takes, until nobody would wait any longer."""

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psutil

from tests.bench.asked_boards import Timed, TooSlowError, timed
from tests.bench.large.figures import PATIENCE_S, TOO_SLOW, Figure, Figures, slowest
from tests.fixtures import server_process

REPEATS = 3


def say(what: str) -> None:
    """Tell whoever waits: what is printed otherwise is the answer."""
    print(f"    {what}", file=sys.stderr, flush=True)  # noqa: T201


@dataclass(frozen=True)
class Took:
    """What something takes: of the one who waits, and of the store's processors, s.

    Where others share the machine, only the second is the same each time.
    """

    waited: Figure
    cpu: float


def told(what: str, task: Timed, store: int) -> Took:
    """Return what *task* takes each time, and say so; *store* is the process that it asks."""
    asked = 0

    def count() -> None:
        nonlocal asked
        asked += 1
        task()

    before = cpu_of(store)
    try:
        waited: Figure = round(timed(count, REPEATS), 3)
    except TooSlowError:
        waited = TOO_SLOW
    took = Took(waited, round((cpu_of(store) - before) / asked, 3))
    say(f"{took.waited:>8} s, {took.cpu:>7} s of CPU  {what}")
    return took


def figures_of(kind: str, each: Mapping[str, Took]) -> Figures:
    """Return the slowest of *each*, and all of them, as figures of a *kind*."""
    return {
        f"slowest_{kind}_s": slowest(took.waited for took in each.values()),
        f"slowest_{kind}_cpu_s": max(took.cpu for took in each.values()),
        **{f"{kind}.{what}": took.waited for what, took in each.items()},
        **{f"cpu.{kind}.{what}": took.cpu for what, took in each.items()},
    }


def cpu_of(pid: int) -> float:
    """Return the CPU that a process has taken so far, s."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


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
