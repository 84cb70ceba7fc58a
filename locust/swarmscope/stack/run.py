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
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from swarmscope.errors import (
    ConfigurationError,
    ExitCode,
    NoDataError,
    StoreUnreachableError,
)
from swarmscope.report.summary import summary
from swarmscope.runs.audit import Audit, audit_when_settled
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.stack.master import ACTIVE, READY, Master, MasterUnreachableError
from swarmscope.store.opening import open_store
from swarmscope.store.posting import post
from swarmscope.store.reader import Reader

MASTER = "http://locust-master:8089"
FILES = {
    "requests.csv": "/stats/requests/csv",
    "failures.csv": "/stats/failures/csv",
    "exceptions.csv": "/exceptions/csv",
    "report.html": "/stats/report?download=1",
}
"""File of the results to where Locust has it."""
SETTLING_S = 60
"""How long data may be on its way after the end."""
_POLL_S = 1.0
_LINE_EVERY_S = 5
_NAMING_S = 30
"""How long a test may take from its order to its name, and to its first user."""
_GRACE_S = 10
"""Seconds past its time after which a test is stopped from here: a LoadTestShape knows no time."""
_REPORTS_S = 3.5
"""Workers tell the master of their last requests within three seconds."""
_SILENCE_S = 30
"""How long the master may be silent in the middle of a test."""
_INTERRUPTED = 130
_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")

Say = Callable[[str], None]


def main(arguments: Sequence[str]) -> int:
    """Run one test from start to end, and return the exit code."""
    options = _options(arguments)
    folder = _writable(options.results)
    master = Master(options.master)
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
    print(line, flush=True)  # noqa: T201 - a command's output


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="run", description=(__doc__ or "").partition("\n")[0])
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
        (folder / ".writable").touch()
        (folder / ".writable").unlink()
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


class Test:
    """One test of *master*; *asked* is set when it is to end early."""

    __test__ = False  # pytest collects what is called so

    def __init__(
        self, master: Master, options: argparse.Namespace, asked: threading.Event, say: Say
    ) -> None:
        self._master = master
        self._options = options
        self._asked = asked
        self._say = say
        self._run = ""
        self._began = 0.0

    def start(self) -> str:
        """Start the test once its workers are ready, and return the run's id."""
        options = self._options
        before = self._master.run()
        workers = self._await_workers()
        form = {"user_count": str(options.users), "spawn_rate": str(options.rate or options.users)}
        given = {
            "host": options.host,
            "swarmscope_label": options.label,
            "swarmscope_description": options.description,
        }
        form |= {name: text for name, text in given.items() if text is not None}
        if options.time:
            form["run_time"] = str(options.time)
        self._master.start(form)
        self._began = time.monotonic()
        while self._master.run() == before:
            if time.monotonic() > self._began + _NAMING_S:
                raise MasterUnreachableError(
                    f"The master took the order, but began no run within {_NAMING_S} s.",
                    remedy="Its log says why: `make logs`.",
                )
            time.sleep(0.1)
        self._run = self._master.run()
        self._say(f"Run {self._run}: {options.users:,} users, workers: {workers}. Ctrl-C ends it.")
        return self._run

    def _await_workers(self) -> int:
        wanted = self._options.workers
        deadline = time.monotonic() + self._options.wait
        while True:
            status = self._master.status()
            if status["state"] in ACTIVE:
                raise ConfigurationError(
                    f"A test is already running ({status['user_count']} users, run "
                    f"{self._master.run()}).",
                    data="It goes on; no other was started.",
                    remedy=f"Wait for its end, or stop it: {self._master.url}",
                )
            # A process that does it all has no workers, and is ready when it says so.
            states = [worker["state"] for worker in status.get("workers", [{"state": "ready"}])]
            ready = states.count("ready")
            if status["state"] in READY and ready >= wanted:
                return ready
            if self._asked.is_set():
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise MasterUnreachableError(
                    f"{ready} of {wanted} worker(s) were ready after "
                    f"{self._options.wait} s; the master is {status['state']}.",
                    data="No load was started.",
                    remedy="`make status` shows the workers, `make logs` what they say.",
                )
            self._asked.wait(_POLL_S)

    def follow(self) -> None:
        """Say how it goes until it has ended; end it when it is time to, or when asked."""
        seen = stopped = False
        line_at = self._began + _LINE_EVERY_S
        while True:
            elapsed = time.monotonic() - self._began
            if not stopped and (self._asked.is_set() or self._overdue(elapsed)):
                self._say("Stopping the test; its results follow.")
                self._master.stop()
                stopped = True
            status = self._patient_status()
            active = status["state"] in ACTIVE
            seen = seen or active
            # What the web UI shows may be two seconds old: at first it knows nothing of the test.
            if status["state"] in READY and (seen or stopped or elapsed > _NAMING_S):
                return
            if active and time.monotonic() > line_at:
                line_at += _LINE_EVERY_S
                self._say(_line(elapsed, status))
            # Once it was asked to stop, the event would return at once.
            if stopped:
                time.sleep(_POLL_S)
            else:
                self._asked.wait(_POLL_S)

    def _overdue(self, elapsed: float) -> bool:
        return bool(self._options.time) and elapsed > self._options.time + _GRACE_S

    def _patient_status(self) -> dict[str, Any]:
        """Return the master's status, whose silence for a while is no reason to give up."""
        deadline = time.monotonic() + _SILENCE_S
        while True:
            try:
                return self._master.status()
            except MasterUnreachableError as error:
                if time.monotonic() > deadline:
                    raise MasterUnreachableError(
                        error.happened,
                        data=f"What run {self._run} measured is in the store, or in the spools of "
                        "the workers; Locust's own files are not written.",
                        remedy=error.remedy,
                    ) from error
            time.sleep(_POLL_S)


def _line(elapsed: float, status: dict[str, Any]) -> str:
    minutes, rest = divmod(int(elapsed), 60)
    p95 = status.get("current_response_time_percentiles", {}).get("response_time_percentile_0.95")
    workers = sum(worker["state"] in ACTIVE for worker in status.get("workers", []))
    return (
        f"{minutes:>3}:{rest:02}  {status['user_count']:>5} users  "
        f"{status.get('current_rps', 0):>8.1f} requests/s  "
        f"{status.get('current_fail_per_sec', 0):>6.1f} failures/s  "
        f"p95 {'-' if p95 is None else f'{p95:.0f} ms':>8}  workers {workers}"
    )


def _save(master: Master, run: str, folder: Path) -> None:
    if master.run() != run:
        _say("Another test was started meanwhile: Locust's own files of this one are gone.")
        return
    folder.mkdir(exist_ok=True)
    for name, path in FILES.items():
        (folder / name).write_bytes(master.get(path))
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
    _say(f"\n{told.render()}")
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
