"""The demo from start to end: the shop, the store, Locust with its workers, the summary.

Each part is a process of its own, as in a real set-up. They are started in the order in which they
need one another, and ended in the reverse.
"""

import importlib.util
import shlex
import sys
import time
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from swarmscope.demo import ports
from swarmscope.demo.faults.switching import Switching
from swarmscope.demo.faults.table import NAME, Sized
from swarmscope.demo.ports import Addresses
from swarmscope.demo.processes import (
    Child,
    ChildError,
    Family,
    PortTakenError,
    environment,
    wait_until_ready,
)
from swarmscope.demo.progress import Progress
from swarmscope.embedded.folder import close_folder, keep_private, make_folder
from swarmscope.errors import ConfigurationError, ExitCode, NoDataError
from swarmscope.own_files import replacing
from swarmscope.report.contents import contents_of
from swarmscope.report.html import file_name, page
from swarmscope.report.summary import summarize
from swarmscope.runs.audit import audit_when_settled
from swarmscope.signals import Signals
from swarmscope.store.http_reader import HttpReader

TEST = "demo-shop"
STEPS = 5
_TRIES = 3
"""How often ports are chosen: another demo of the machine may begin in the same second."""
LAST_FLUSH = 30.0
"""Seconds in which Locust's processes end by themselves once the load is over."""
SETTLING = 10.0
"""Seconds that the audit waits for what is on its way; the workers have ended by then."""
LINGER = 3.0
"""Seconds that the store outlives a killed demo, so that the workers get rid of their last data."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Options:
    """What the command line says."""

    duration: int
    workers: int
    users: int
    port: int
    web_port: int
    data: Path
    open_browser: bool
    fault: Sized | None = None
    """What the shop suffers from, for a part of the load."""


def locustfiles() -> str:
    """Return the scenario and the listener, as Locust's ``-f`` takes them.

    Raises:
        ConfigurationError: this installation comes without the scenario.

    """
    listener = importlib.util.find_spec("swarmscope.listener")
    assert listener is not None and listener.origin is not None  # noqa: PT018, S101  # ours
    scenario = Path(__file__).parents[2] / "locustfiles" / "shop.py"
    if not scenario.is_file():
        raise ConfigurationError(
            f"The demo's scenario isn't at {scenario}.",
            remedy="Run the demo from a clone of the repository: make demo",
        )
    return f"{scenario},{listener.origin}"


class Demo:
    """One demo under way."""

    def __init__(self, options: Options, say: Say, signals: Signals) -> None:
        self._options = options
        self._say = say
        self._signals = signals
        self.run_id = f"demo-{datetime.now(UTC):%Y%m%d-%H%M%S}"
        self._addresses = Addresses.chosen(options.port, options.web_port, say)
        self.store_url = self._addresses.url("store")
        self._reader = HttpReader(self.store_url)
        self.page = f"{self.store_url}/?run={self.run_id}"
        data = options.data.resolve()
        settings = {
            "INFLUXDB_V2_URL": self.store_url,
            "SWARMSCOPE_RUN_ID": self.run_id,
            "SWARMSCOPE_TEST": TEST,
            "SWARMSCOPE_SPOOL_DIR": str(data / "spool"),
            # It begins with the load, and not with the shop.
            NAME: "",
        }
        self._data = data
        shop = self._addresses.url("shop")
        self._switching = (
            Switching(shop, options.fault, options.duration, say) if options.fault else None
        )
        try:
            close_folder(data / "demo")
            self.family = Family(data / "logs", environment(settings))
        except OSError as error:
            raise ConfigurationError(
                f"The demo's folder {error.filename} can't be used: {error.strerror}.",
                data="Nothing was started.",
                remedy="Remove it, or name another folder with --data.",
            ) from error

    def start_servers(self) -> Child:
        """Start the store, the shop and Locust's master, which is returned, once all answer.

        Raises:
            PortTakenError: somebody else was quicker to take one of their ports.
            ChildError: one of them ended, or doesn't answer.

        """
        store = self.family.start(
            "store",
            "swarmscope.cli:main",
            "serve",
            *("--port", str(self._addresses.store), "--data", str(self._data)),
            ports=[self._addresses.store],
            linger=LINGER,
        )
        shop = self.family.start(
            "shop",
            "swarmscope.demo.shop:main",
            *("--port", str(self._addresses.shop)),
            *("--database", str(self._data / "demo" / "shop.db")),
            *("--log", str(self._data / "logs" / "shop.app.log")),
            *("--tell", "store", *(["--faults"] if self._options.fault else [])),
            ports=[self._addresses.shop],
        )
        wait_until_ready(self.family, store, f"{self.store_url}/health")
        wait_until_ready(self.family, shop, f"{self._addresses.url('shop')}/health")
        master = self._start_master()
        wait_until_ready(self.family, master, self._addresses.url("web"))
        return master

    def announce(self) -> None:
        """Say where to look, before the first number is there."""
        self._say(f"Live page      {self.page}")
        self._say(f"Locust's own   {self._addresses.url('web')}")
        self._say(f"The shop       {self._addresses.url('shop')}")
        self._say(f"Logs           {self._data / 'logs'}")
        if self._switching:
            self._say(f"Fault          {self._switching.line()}")
        if self._options.open_browser:
            webbrowser.open(self.page)

    def load(self, master: Child) -> None:
        """Run Locust from start to end, saying how it goes; Ctrl-C ends it early."""
        workers = self._start_workers()
        every = min(5.0, max(1.0, self._options.duration / 5))
        if self._switching:
            self._switching.begin()
        progress = Progress(self._reader, self.run_id, self._say, every=every)
        asked = False
        while master.exit_code is None:
            # A worker that ends well before the master is the normal end of a run.
            self.family.check(but=[master, *(w for w in workers if w.exit_code == 0)])
            if self._signals.asked and not asked:
                asked = True
                self._say(
                    "\nStopping the load; the summary of what was measured follows. "
                    "Once more, and the demo ends at once."
                )
                master.ask_to_end()
            if not asked:
                progress.tick()
                if self._switching:
                    self._switching.tick()
            time.sleep(0.1)
        if master.exit_code != 0:
            self.family.check(but=workers)
        self._wait_for_last_flush(workers)

    def _start_master(self) -> Child:
        options = self._options
        return self.family.start(
            "master",
            "locust.main:main",
            *("-f", locustfiles(), "--master", "--master-bind-host", ports.HOST),
            *("--master-bind-port", str(self._addresses.master)),
            *("--host", self._addresses.url("shop")),
            *("--web-host", ports.HOST, "--web-port", str(self._addresses.web)),
            # With its web UI rather than headless: newcomers look for it.
            *("--autostart", "--autoquit", "0"),
            *("--expect-workers", str(options.workers), "--expect-workers-max-wait", "60"),
            *("--run-time", f"{options.duration}s", "--users", str(options.users)),
            # A step within a second: for each second of a ramp Locust's workers parse all their
            # options anew, which blocks their loop for some 100 ms.
            *("--spawn-rate", str(-(-options.users // STEPS))),
            *("--steps", str(STEPS)),
            # Failed requests are the shop's affair; the exit code is to tell a crash.
            *("--exit-code-on-error", "0"),
            ports=[self._addresses.web, self._addresses.master],
        )

    def _start_workers(self) -> list[Child]:
        # Once the master has its port: who has it else would tell them what to do.
        port = str(self._addresses.master)
        master = ("--master-host", ports.HOST, "--master-port", port)
        return [
            self.family.start(
                f"worker-{i}", "locust.main:main", *("-f", locustfiles(), "--worker"), *master
            )
            for i in range(self._options.workers)
        ]

    def _wait_for_last_flush(self, workers: list[Child]) -> None:
        deadline = time.monotonic() + LAST_FLUSH
        for worker in workers:
            if not worker.wait(max(0.0, deadline - time.monotonic())):
                raise ChildError(
                    f"The {worker.name} did not end within {LAST_FLUSH:.0f} s after the load. "
                    f"Its last lines:\n{worker.tail()}\n",
                    data="What it had not delivered waits in its spool for the next demo.",
                    remedy=f"The whole log is {worker.log}",
                )
        self.family.check(but=[c for c in self.family.children if c.exit_code == 0])

    def finish(self) -> int:
        """Say what was measured, write the report, and return the exit code."""
        try:
            # First the audit: it waits for what is still on its way.
            audited = audit_when_settled(self._reader, self.run_id, SETTLING)
            contents = contents_of(self._reader, self.run_id)
        except NoDataError as error:
            if not self._signals.asked:
                raise NoDataError(
                    "The load ran, but nothing of it is in the store.",
                    data="What the workers could not deliver is in their spools.",
                    remedy=f"Their logs tell why: {self._data / 'logs'}",
                ) from error
            self._say("Stopped before anything was measured.")
            return ExitCode.INTERRUPTED
        report = self._data / file_name(self.run_id)
        with replacing(report) as file:
            file.write(page(contents, audited).encode())
        self._say(f"\n{summarize(contents).render(audited.line())}")
        self._say(f"{'Report':<11}{report}")
        # As it was called: in a clone the command isn't on the PATH.
        again = [sys.argv[0], "serve", "--data", str(self._options.data)]
        self._say(f"{'Again':<11}{shlex.join(again)}")
        return audited.verdict.exit_code


def demo(options: Options, say: Say) -> int:
    """Run the demo, and return the exit code."""
    with Signals() as signals:
        try:
            return _demo(options, say, signals)
        except KeyboardInterrupt:
            say("Ended at once, as asked. What the store had taken is kept.")
            return ExitCode.INTERRUPTED


def _demo(options: Options, say: Say, signals: Signals) -> int:
    # for its children, too
    keep_private()
    options = replace(options, data=make_folder(options.data))
    tries = 0
    while True:
        tries += 1
        under_way = Demo(options, say, signals)
        with under_way.family:
            try:
                master = under_way.start_servers()
            except PortTakenError as taken:
                if tries == _TRIES:
                    raise
                say(
                    f"Port {taken.port}, chosen for the {taken.name}, was taken meanwhile. "
                    "Starting anew with other ports."
                )
                continue
            if signals.asked:
                say("Stopped before anything was measured.")
                return ExitCode.INTERRUPTED
            under_way.announce()
            under_way.load(master)
            return under_way.finish()
