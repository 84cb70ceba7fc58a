"""Run a program that ends with its parent: ``python -m swarmscope.demo.leash 0 PACKAGE:MAIN …``.

The program's standard input is a pipe that only the parent holds open. However the parent ends, a
SIGKILL included, the kernel closes the pipe, and a thread in here that waits for that ends the
program: politely first, so that a Locust worker delivers what it measured. The number says how many
seconds later than the others: the store lingers until they have delivered.

Linux's PR_SET_PDEATHSIG would need ctypes, exists on Linux alone and fires when the *thread* that
started the child ends; a supervising process between parent and child could be killed itself.
"""

import _thread
import importlib
import os
import signal
import sys
from time import sleep  # the real one: gevent replaces the attribute, not this name

GRACE = 15.0
"""Seconds from the polite signal to the end: a worker's last flush takes up to 10."""


def _hold(leash: int, linger: float) -> None:
    """Wait for the end of the pipe, then end this process."""
    while os.read(leash, 1):
        continue
    sleep(linger)
    os.kill(os.getpid(), signal.SIGTERM)
    sleep(GRACE)
    os._exit(1)


def main() -> None:
    """Tie this process to its parent, and become the program named by the second argument."""
    linger = float(sys.argv[1])
    module, _, function = sys.argv[2].partition(":")
    leash = os.dup(0)
    with open(os.devnull) as nothing:  # noqa: PTH123  # before anything else is imported
        os.dup2(nothing.fileno(), 0)
    # A bare thread, begun before Locust is imported: gevent neither patches nor joins it.
    _thread.start_new_thread(_hold, (leash, linger))
    sys.argv = [module.partition(".")[0], *sys.argv[3:]]
    getattr(importlib.import_module(module), function)()


if __name__ == "__main__":
    main()
