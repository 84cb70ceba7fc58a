"""Whether Locust could import the listener."""

import os
import subprocess
import sys

from swarmscope.doctor.finding import Finding, Level

_TIMEOUT_S = 60


def check_listener() -> Finding:
    """Import the listener as Locust would: in a process of its own, for it patches the world."""
    try:
        done = subprocess.run(
            # Not from the current folder (-P): a diagnosis runs nothing of what lies there, and
            # leaves nothing compiled behind (-B).
            [sys.executable, "-P", "-B", "-c", "import swarmscope.listener"],
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            check=False,
            env={**os.environ},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("listener", Level.WRONG, f"It can't be imported ({error}).", "Try by hand.")
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1:] or [f"exit {done.returncode}"]
        return Finding(
            "listener",
            Level.WRONG,
            f"It can't be imported ({reason[0]}).",
            f"See the whole error: {sys.executable} -P -c 'import swarmscope.listener'",
        )
    return Finding("listener", Level.FINE, "It can be imported.")
