"""``python -m swarmscope.stack NAME``: the jobs of the stack's containers."""

import sys
from importlib import import_module

from swarmscope import terminal
from swarmscope.errors import ExitCode, SwarmscopeError

JOBS = {
    "archive": "stack",
    "bootstrap": "stack",
    "certificate": "stack",
    "check": "stack",
    "door": "ingress",
    "enroll": "stack",
    "health": "stack",
    "launch": "stack",
    "machines": "ingress",
    "owners": "stack",
    "statsd": "ingress",
}
"""Each job, a module of that name, and the room that it is in."""


def main(arguments: list[str]) -> int:
    """Run the job that *arguments* begin with, and return its exit code."""
    if not arguments or arguments[0] not in JOBS:
        print(f"Say which job: {', '.join(JOBS)}.", file=sys.stderr)  # noqa: T201
        return ExitCode.WRONG_USAGE
    # Imported when asked for: a health check runs beside the load, and must cost nothing.
    terminal.guard()
    job = import_module(f"swarmscope.{JOBS[arguments[0]]}.{arguments[0]}")
    try:
        return int(job.main(arguments[1:]))
    except SwarmscopeError as error:
        # A line end in it is somebody else's: none of ours has one.
        print(terminal.one_line(str(error)), file=sys.stderr)  # noqa: T201
        return error.exit_code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
