"""A test without a browser, by the running master: its web UI shows it live all the same.

``python -m swarmscope.stack run --users 50 --rate 10 --time 2m --results results``. Exit codes: 0
fine, 1 requests failed, 2 wrong usage, 3 no request was made, 4 the store or the master can't be
reached, 5 the data is incomplete. Failed requests come first: that they failed is known, whatever
else is missing.
"""

import argparse
import os
import re
import signal
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from swarmscope.errors import (
    ConfigurationError,
    ExitCode,
    NoDataError,
    StoreUnreachableError,
)
from swarmscope.own_files import replacing
from swarmscope.report.summary import summary
from swarmscope.runs.audit import Audit, audit_when_settled
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.stack.drive import Test
from swarmscope.stack.login import COOKIE, PASSWORD, USERNAME, Credentials
from swarmscope.stack.master import Master
from swarmscope.store.opening import open_store
from swarmscope.store.posting import post
from swarmscope.store.reader import Reader
from swarmscope.terminal import one_line

MASTER = "http://page-of-locust:8089"
"""Its name in the one network where it has the page."""
FILES = {
    "requests.csv": "/stats/requests/csv",
    "failures.csv": "/stats/failures/csv",
    "exceptions.csv": "/exceptions/csv",
    "report.html": "/stats/report?download=1",
}
"""File of the results to where Locust has it."""
SETTLING_S = 60
"""How long data may be on its way after the end."""
_REPORTS_S = 3.5
"""Workers tell the master of their last requests within three seconds."""
_INTERRUPTED = 130
_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


def main(arguments: Sequence[str]) -> int:
    """Run one test from start to end, and return the exit code."""
    options = _options(arguments)
    folder = _writable(options.results)
    master = Master(options.master, Credentials.from_env(os.environ))
    asked = threading.Event()
    try:
        with open_store(Settings.from_env(), os.environ) as reader:
            with _Signals(asked):
                test = Test(master, options, asked, _say)
                run = test.start()
                test.follow()
                time.sleep(_REPORTS_S)
                _save(master, run, folder / _folder_name(run))
            return _conclude(reader, run)
    except KeyboardInterrupt:
        _say(f"Ended at once, as asked. If a test still runs, it is stopped at {master.url}")
        return _INTERRUPTED


def _say(line: str) -> None:
    # What the master says may be anybody's, and a line of its own be a command to a CI.
    print(one_line(line), flush=True)  # noqa: T201 - a command's output


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run",
        description=(__doc__ or "").partition("\n")[0],
        epilog=f"Where Locust's page has a login, {USERNAME} and {PASSWORD} get in by its form, "
        f"and {COOKIE} by any other: the Cookie header of a browser that is in.",
    )
    add = parser.add_argument
    add("--users", type=int, required=True, help="how many users to run")
    add("--rate", type=float, help="users started per second; by default all at once")
    add("--time", type=seconds, help="how long: 90, 90s, 2m, 1h30m; by default until Ctrl-C")
    add("--host", help="the target; by default the master's own, or the locustfile's")
    add("--label", help="a short name for the run, as Locust's page takes it")
    add("--description", help="what is tested, and why")
    add("--workers", type=int, default=1, help="start when so many workers are ready")
    add("--wait", type=seconds, default=60, help="how long to wait for them")
    add("--results", type=Path, required=True, help="folder for Locust's files, one inside a run")
    add("--master", default=MASTER, help="Locust's web UI")
    options = parser.parse_args(arguments)
    for name in ("users", "rate", "time", "workers"):
        value = getattr(options, name)
        if value is not None and value <= 0:
            parser.error(f"--{name} must be more than 0, not {value}")
    return options


def seconds(text: str) -> int:
    """Return the seconds of a time as Locust writes it: 90, 90s, 2m, 1h30m."""
    match = _SPAN.fullmatch(text)
    if not match or not text:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a time like 90, 90s, 2m or 1h30m")
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + rest


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"Results can't be written to {folder} ({error.strerror}).",
            data="No load was started.",
            remedy="Make the folder writable, or name another with --results.",
        ) from error
    return folder


def _folder_name(run: str) -> str:
    # A user's own id may hold anything.
    return re.sub(r"[^\w.-]", "_", run).lstrip(".") or "run"


class _Signals:
    """While its block runs, the first Ctrl-C or SIGTERM sets *asked*, and the second ends all."""

    def __init__(self, asked: threading.Event) -> None:
        self._asked = asked
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._handle)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, _: int, __: FrameType | None) -> None:
        if self._asked.is_set():
            raise KeyboardInterrupt
        self._asked.set()


def _save(master: Master, run: str, folder: Path) -> None:
    if master.run() != run:
        _say("Another test was started meanwhile: Locust's own files of this one are gone.")
        return
    try:
        folder.mkdir(exist_ok=True)
        for name, path in FILES.items():
            with replacing(folder / name) as file:
                file.write(master.get(path))
    except OSError as error:
        raise ConfigurationError(
            f"Locust's own files can't be written to {folder} ({error.strerror}).",
            data="The run is over, and what was measured is in the store.",
            remedy=f"`swarmscope audit {run}` and `swarmscope report {run}` tell of it.",
        ) from error
    _say(f"Locust's own statistics and report are in {folder}.")


def _conclude(reader: Reader, run: str) -> int:
    try:
        found = audit_when_settled(reader, run, SETTLING_S)
        told = summary(reader, run)
        _keep(reader, found)
    except NoDataError:
        _say(
            f"Run {run} is not in the store: nothing of it has arrived. What the workers could not "
            "deliver is kept in their spools; `make logs` shows why."
        )
        return ExitCode.INCONCLUSIVE
    for line in ("", *told.render().split("\n")):
        _say(line)
    _say(found.sentence())
    return ExitCode.LIMIT_BROKEN if told.failures else found.verdict.exit_code


def _keep(reader: Reader, found: Audit) -> None:
    """Keep the verdict where boards read it; the run's own exit code doesn't hang on that."""
    settings = Settings.from_env()
    try:
        keep_record(
            reader,
            found,
            lambda lines: post(
                lines, settings, what="the verdict", data="The boards don't show it."
            ),
        )
    except StoreUnreachableError as error:
        _say(str(error))
