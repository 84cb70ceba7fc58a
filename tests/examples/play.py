"""One locustfile, run unchanged beside the listener, and what came of it."""

import json
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from swarmscope.errors import SwarmscopeError
from swarmscope.runs.audit import Audit, Verdict, audit_when_settled
from swarmscope.store.question import Question
from tests.examples.target import URL
from tests.examples.way import Beside, Way
from tests.fixtures.locusts import LISTENER, ROOT
from tests.fixtures.locusts_page import get_when_up, post
from tests.fixtures.stores import Store

WITNESS = Path(__file__).parent / "witness"
PAGE = "http://127.0.0.1:8089/"
_AS_LIBRARY = (
    "import runpy, sys, swarmscope.listener; sys.path.insert(0, '.');"
    "runpy.run_path(sys.argv[1], run_name='__main__')"
)
_PATIENCE_S = 60
_STOP_GRACE_S = 30
_SAID = re.compile(r"swarmscope\.[\w.]+: (.*\b(?:not|NOT|none of them is) recorded.*)")
_HISTORY = shutil.ignore_patterns(".git")
_TROUBLE = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Fault)\b.*", re.MULTILINE)


@dataclass
class Outcome:
    """What a locustfile fired, what is stored of it, and what is said of that.

    *told* is whether the log of the run says that requests are not recorded.
    """

    fired: int = 0
    failed: int = 0
    stored: int = 0
    stored_failed: int = 0
    locust: tuple[int, int] | None = None
    audits: list[Audit] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    told: bool = False

    @property
    def equal(self) -> bool:
        """Whether all that was fired is stored, failures as failures."""
        return (self.fired, self.failed) == (self.stored, self.stored_failed)

    @property
    def verdict(self) -> str:
        """What the audits of the file's runs say."""
        return ", ".join(sorted({str(audit.verdict) for audit in self.audits})) or "no run"

    @property
    def said(self) -> bool:
        """Whether nothing differs, or the audit or the run's log says that something does."""
        incomplete = any(audit.verdict is Verdict.INCOMPLETE for audit in self.audits)
        return self.equal or self.told or incomplete


class Play:
    """Runs *path* in a copy of its folder, so that nothing is written into the original."""

    grace_s = 25
    """Seconds that a run may take longer before it is told to end, as its user would."""
    patience_s = _PATIENCE_S
    """Seconds that each process then has to end by itself."""

    def __init__(
        self, path: Path, way: Way, scratch: Path, *, store: Store, run: str, trusted: Path
    ) -> None:
        self._way = way
        self._run = run
        self._store = store
        self._trusted = trusted
        scratch.mkdir(parents=True)
        self._said = scratch
        self._cwd = scratch / "files"
        top = path.parents[way.above]
        shutil.copytree(top, self._cwd, ignore=_HISTORY, ignore_dangling_symlinks=True)
        self._file = self._cwd / path.relative_to(top)
        for folder in way.folders:
            (self._cwd / folder).mkdir()
            for name in ("example_file.txt", "example_file_2.txt"):
                (self._cwd / folder / name).write_text("x" * 1000)
        self._json = scratch / "locust.json"
        self._started: list[subprocess.Popen[bytes]] = []
        (scratch / "fired").mkdir()
        self._env = {**os.environ, **self._settings()}

    def _settings(self) -> dict[str, str]:
        """Return what the run's environment has beside everybody's."""
        return {
            "PYTHONPATH": os.pathsep.join((str(WITNESS), str(ROOT))),
            "WITNESS_DIR": str(self._said / "fired"),
            "INFLUXDB_V2_TOKEN": "",
            **self._store.env,
            "SWARMSCOPE_RUN_ID": self._run,
            "SWARMSCOPE_SPOOL_DIR": str(self._said / "spool"),
            "ORACLE_DIR": str(self._said),
            "REQUESTS_CA_BUNDLE": str(self._trusted),
            "SSL_CERT_FILE": str(self._trusted),
            **dict(self._way.env),
        }

    def play(self) -> Outcome:
        """Run it to its end."""
        outcome = Outcome()
        with ExitStack() as stack:
            stack.callback(self._kill)
            for server in self._way.beside:
                stack.enter_context(self._beside(server))
            first = self._start_all()
            self._await(first, outcome)
        self._count(outcome)
        self._look_up(outcome)
        said = _SAID.findall(self._logs())
        if said and not outcome.equal:
            outcome.told = True
            outcome.remarks.append(f"the log says: {said[-1]}")
        if not outcome.fired:
            outcome.remarks.append(self._trouble() or "makes no request")
        return outcome

    @contextmanager
    def _beside(self, server: Beside) -> Iterator[None]:
        process = self._start("beside", server.command)
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", server.port), 1).close()
                break
            except OSError:
                said = (self._said / "beside.log").read_text()
                assert process.poll() is None, said
                assert time.monotonic() < deadline, said
                time.sleep(0.1)
        self._started.remove(process)
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _start(self, name: str, command: Sequence[str]) -> "subprocess.Popen[bytes]":
        with (self._said / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command,
                env=self._env if name != "beside" else {**os.environ, "PYTHONPATH": str(ROOT)},
                cwd=self._cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def _start_all(self) -> "subprocess.Popen[bytes]":
        way = self._way
        if way.program:
            first = self._start("main", self._program(self._file.name))
            if way.worker_program:
                get_when_up(PAGE)
                self._start("worker", self._program(way.worker_program))
                self._press_start()
            return first
        if not way.workers:
            return self._start("main", self._locust("main", *self._options()))
        crew = ("--master", "--expect-workers", str(way.workers))
        first = self._start("main", self._locust("main", *crew, *self._options()))
        for number in range(way.workers):
            name = f"worker-{number}"
            self._start(name, self._locust(name, "--worker", *way.options))
        return first

    def _locust(self, name: str, *arguments: str) -> list[str]:
        """Return the command line of one process of Locust, which is called *name*."""
        del name
        files = ",".join(map(str, (self._file, *self._way.also, LISTENER)))
        return [sys.executable, "-m", "locust", "-f", files, *arguments]

    def _options(self) -> list[str]:
        way = self._way
        options = ["-u", str(way.users), "-r", str(way.users), "-t", f"{way.seconds}s"]
        options += ["--json-file", self._json_option(), *way.options]
        options += ["--autostart", "--autoquit", "0"] if way.web else ["--headless"]
        return options if way.as_written else ["--host", URL, *options]

    def _json_option(self) -> str:
        """Return where Locust shall write its statistics, without the ending that it adds."""
        return str(self._json.with_suffix(""))

    @staticmethod
    def _program(name: str) -> list[str]:
        return [sys.executable, "-c", _AS_LIBRARY, name]

    def _press_start(self) -> None:
        for _ in range(_PATIENCE_S * 5):
            if json.loads(get_when_up(f"{PAGE}stats/requests"))["workers"]:
                break
            time.sleep(0.2)
        post(f"{PAGE}swarm", user_count=str(self._way.users), spawn_rate="3", host=URL)

    def _await(self, first: "subprocess.Popen[bytes]", outcome: Outcome) -> None:
        grace = 0 if self._way.program else self.grace_s
        if _ended(first, self._way.seconds + grace):
            outcome.remarks += [f"exit code {first.returncode}"] if first.returncode else []
        else:
            outcome.remarks.append("ended by Ctrl-C")
            # A program's worker may wait for a word that its master never sends.
            for process in self._started if self._way.program else [first]:
                process.send_signal(signal.SIGINT)
        for process in self._started:
            if _ended(process, self.patience_s):
                continue
            # As whoever stops a container: what then doesn't end is killed.
            process.send_signal(signal.SIGTERM)
            if _ended(process, _STOP_GRACE_S):
                outcome.remarks.append("ended by SIGTERM: it did not end by itself")
            else:
                outcome.remarks.append("killed: it did not end, by SIGTERM neither")
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _kill(self) -> None:
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _count(self, outcome: Outcome) -> None:
        for path in (self._said / "fired").rglob("*.fired"):
            fired, failed = struct.unpack("QQ", path.read_bytes())
            outcome.fired += fired
            outcome.failed += failed
        if self._json.exists():
            entries = json.loads(self._json.read_text() or "[]")
            outcome.locust = (
                sum(entry["num_requests"] for entry in entries),
                sum(entry["num_failures"] for entry in entries),
            )

    def _look_up(self, outcome: Outcome) -> None:
        reader = self._store.reader
        known: list[Mapping[str, object]] = reader.ask(Question("runs")).records()
        for run in (str(row["run"]) for row in known):
            if run != self._run and not re.fullmatch(rf"{re.escape(self._run)}-\d+", run):
                continue
            try:
                outcome.audits.append(audit_when_settled(reader, run, _PATIENCE_S))
            except SwarmscopeError as error:
                outcome.remarks.append(str(error))
            for row in reader.ask(Question("endpoint_totals", run)).records():
                outcome.stored += row["requests"]
                outcome.stored_failed += row["failures"]
        for audit in outcome.audits:
            outcome.remarks += [audit.line()] if audit.verdict != "complete" else []

    def _logs(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self._said.glob("*.log"))

    def _trouble(self) -> str:
        """Return the last error that the run printed."""
        found = _TROUBLE.findall(self._logs())
        return found[-1][:160] if found else ""


def _ended(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
