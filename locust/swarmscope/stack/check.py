"""Whether Locust can load the mounted locustfile, and if not, where it breaks off.

The same of the thresholds that its master would judge by.

``python -m swarmscope.stack check``, in the container that would run it: a master that ends at its
start says why in its log alone, and the stack only that it isn't healthy.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from swarmscope.errors import ConfigurationError
from swarmscope.gate.thresholds_file import read_file
from swarmscope.settings.targets import doubt_of, own_loopback
from swarmscope.stack.launch import (
    BESIDE,
    FOLDER,
    command,
    refuse_unreadable,
    thresholds_in,
    without_empty,
)

_FATE = "Nothing was started or stopped."
_TIMEOUT_S = 60
_TRACEBACK = "Traceback (most recent call last):\n"
_FRAME = re.compile(
    r'^ +File "(?P<path>[^"\n]+)", line (?P<line>\d+).*\n(?P<code>    +\S.*\n)?', re.M
)
_ERROR = re.compile(r"^\S.*$", re.M)
_USER = re.compile(r"^    \S", re.M)
"""One of those that Locust lists."""
_MISSING = re.compile(r"ModuleNotFoundError: No module named '(?P<name>[^']+)'")


@dataclass(frozen=True)
class Fault:
    """Where a locustfile breaks off, and what was said of it."""

    error: str
    """Its class and message, or whatever was said last."""
    path: str = ""
    """Of the user's own file in which it happened; empty: of none."""
    line: int = 0
    code: str = ""

    def remedy(self) -> str:
        """Say what helps."""
        missing = _MISSING.match(self.error)
        if not missing:
            return "Mend it, then the same command again."
        return (
            f"If {missing['name'].partition('.')[0]} is a package, name it in "
            "locust/requirements.txt; if it is a file of yours, put it beside the locustfile. Then "
            "make up again."
        )


def fault_in(said: str, folder: Path) -> Fault:
    """Return what Locust *said* of a locustfile in *folder* that it could not load."""
    _, traced, told = said.rpartition(_TRACEBACK)
    frames = [f for f in _FRAME.finditer(told) if PurePath(f["path"]).is_relative_to(folder)]
    # Behind the first line of an exception are further ones of its message.
    lines = _ERROR.findall(told) if traced else said.split("\n")[::-1]
    error = next((line.strip() for line in lines if line.strip()), "nothing was said")
    if not frames:
        return Fault(error)
    last = frames[-1]
    path = PurePath(last["path"]).relative_to(folder).as_posix()
    return Fault(error, path, int(last["line"]), (last["code"] or "").strip())


def refusal(fault: Fault, named: str) -> ConfigurationError:
    """Return what is said of a *fault* in the locustfile that the host has as *named*."""
    where = ""
    if fault.path:
        beside = fault.path != PurePath(named).name
        place = f"{PurePath(named).parent / fault.path}, " if beside else ""
        where = f" {place}line {fault.line}{fault.code and f': {fault.code}'} —"
    return ConfigurationError(
        f"Locust can't load {named}:{where} {fault.error.rstrip('.')}.",
        data=_FATE,
        remedy=fault.remedy(),
    )


def check_thresholds(environ: Mapping[str, str], folder: Path) -> None:
    """Read the file of thresholds that *environ* names, if it does; it lies in *folder*.

    Raises:
        ConfigurationError: it can't be used.

    """
    path = thresholds_in(environ, folder)
    if path is None:
        return
    named = environ["THRESHOLDS"]
    refuse_unreadable("THRESHOLDS", named, path)
    try:
        read_file(path)
    except ConfigurationError as error:
        # In one line, as all that a job says: the sentences themselves, indented, are in the file.
        said = [line for line in error.happened.splitlines() if not line.startswith(" ")]
        raise ConfigurationError(
            f"{' '.join(said).replace(str(path), named).rstrip('.')}.",
            data=_FATE,
            remedy=error.remedy,
        ) from error


def check(environ: Mapping[str, str], folder: Path) -> str:
    """Let Locust load the locustfile that *environ* names, in *folder*, and start nothing.

    Returns what is doubtful of the host under test, if anything is.

    Raises:
        ConfigurationError: it can't.

    """
    named = environ.get("LOCUSTFILE", "")
    line = [sys.executable, "-P", "-m", *command(["--list"], environ, folder)]
    try:
        # A process of its own, as Locust patches the one that it is in.
        done = subprocess.run(  # noqa: S603 - the command line of the container itself
            line,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=_TIMEOUT_S,
            check=False,
            env=without_empty(environ),
        )
    except subprocess.TimeoutExpired as error:
        told = f"it isn't loaded after {_TIMEOUT_S} s: for what does it wait as it is imported?"
        raise refusal(Fault(told), named) from error
    if done.returncode:
        raise refusal(fault_in(done.stderr, folder), named)
    if not _USER.search(done.stdout):
        raise refusal(Fault("it has no class of users, none of HttpUser's kind"), named)
    host = environ.get("LOCUST_HOST", "")
    doubts = []
    if why := doubt_of(host):
        doubts.append(f"LOCUST_HOST is {why} Users that speak HTTP can request nothing of it.")
    if whom := own_loopback(host):
        doubts.append(f"LOCUST_HOST is {whom}")
    return " ".join(doubts)


def main(_: Sequence[str]) -> int:
    """Check what the environment names."""
    check_thresholds(os.environ, BESIDE)
    doubt = check(os.environ, FOLDER)
    if doubt:
        print(doubt, file=sys.stderr)  # noqa: T201
    return 0
