"""A load test under a fault: real Locust processes, a target that counts, a store that suffers."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import Popen
from typing import Any

from tests.fixtures.fault_proxy import FaultProxy, proxied
from tests.fixtures.locusts import LISTENER, Locusts, locusts
from tests.fixtures.stores import Store

from swarmscope.errors import SwarmscopeError
from swarmscope.runs.audit import Audit, audit, audit_when_settled

SCENARIOS = Path(__file__).parent / "scenarios"
PACED = (SCENARIOS / "paced.py", LISTENER)
USERS = 8
RATE = 5.0
"""Requests a second of each user."""
_PATIENCE_S = 60
WARM_S = 1.5
"""Seconds under load before the fault, and after it."""


@dataclass
class Target:
    """What is load-tested: it counts what it answers, and knows nothing of Locust."""

    url: str
    answered: int = 0


@contextmanager
def counting_target() -> Iterator[Target]:
    """Run a target in this process."""
    target = Target("")
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            with lock:
                target.answered += 1
            self.send_response_only(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing: users are killed in the middle of their requests."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    target.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield target
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Scene:
    """What a fault can be done to, and what came of it."""

    folder: Path
    store: Store
    run: str
    swarm: Locusts
    target: Target
    proxy: FaultProxy
    seconds: float
    """How long the fault lasts."""
    peaks: dict[int, int] = field(default_factory=dict)
    """The largest memory of each process that the listener is in, KiB."""

    def ask(self, name: str, value: str) -> None:
        """Tell the users' processes to do what `paced.py` calls *name*."""
        whole = self.folder / f"{name}.new"
        whole.write_text(value)
        whole.rename(self.folder / name)

    def withdraw(self, name: str) -> None:
        """Undo `ask`."""
        (self.folder / name).unlink()

    @property
    def options(self) -> tuple[str, ...]:
        """Locust's options for a paced load that lasts longer than the fault."""
        pace = ("-u", str(USERS), "-r", "100", "--stop-timeout", "5")
        lasts = ("-t", str(int(self.seconds + 2 * WARM_S + 2)))
        return ("--headless", "--only-summary", "--host", self.target.url, *pace, *lasts)

    def local(self, env: Mapping[str, str] | None = None) -> "Popen[str]":
        """Start a process that does it all."""
        return self.watch(self.swarm.start(*self.options, files=PACED, env=env))

    def distributed(
        self, workers: int, env: Mapping[str, str] | None = None
    ) -> tuple["Popen[str]", list["Popen[str]"]]:
        """Start a master and *workers*, these with *env*."""
        master = self.master(workers)
        started = [self.swarm.worker(files=PACED, env=env) for _ in range(workers)]
        return master, [self.watch(worker) for worker in started]

    def master(self, workers: int, env: Mapping[str, str] | None = None) -> "Popen[str]":
        """Start a master that waits for *workers*."""
        options = (*self.options, "--expect-workers", str(workers))
        return self.swarm.master(*options, files=PACED, env=env)

    def watch(self, process: "Popen[str]") -> "Popen[str]":
        """Follow the memory of *process* until it ends."""
        threading.Thread(target=self._follow, args=(process,), daemon=True).start()
        return process

    def _follow(self, process: "Popen[str]") -> None:
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            try:
                for line in status.read_text().splitlines():
                    if line.startswith("VmHWM:"):
                        self.peaks[process.pid] = int(line.split()[1])
            except OSError:
                return
            time.sleep(0.2)

    def running(self, *processes: "Popen[str]") -> None:
        """Wait until each of *processes* is under load, and a moment longer."""
        for process in processes:
            deadline = time.monotonic() + _PATIENCE_S
            while self.seen(process.pid) < USERS // 2:
                assert process.poll() is None, self.swarm.log(process)
                assert time.monotonic() < deadline, self.swarm.log(process)
                time.sleep(0.05)
        time.sleep(WARM_S)

    def seen(self, pid: int | None = None) -> int:
        """Return how many requests the witness saw, by process *pid* or by all."""
        paths = self.folder.glob(f"{pid or '*'}.seen")
        return sum(path.read_bytes().count(b"\n") for path in paths)

    def seen_of(self) -> Counter[str]:
        """Return how many requests of each name the witness saw."""
        paths = self.folder.glob("*.seen")
        return Counter(name for path in paths for name in path.read_text().splitlines())

    def waiting(self, pid: int) -> int:
        """Return how many windows wait to be sent in the process *pid*, as it last said."""
        said = self.folder / f"{pid}.waiting"
        text = said.read_text() if said.exists() else ""
        return int(text or 0)

    def audited(self, run: str = "", wait: float = 40) -> Audit:
        """Audit *run* once nothing of it is on its way any more."""
        deadline = time.monotonic() + wait
        while True:
            try:
                return audit_when_settled(self.store.reader, run or self.run, wait)
            except SwarmscopeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)

    def audited_at(self, later_s: float) -> Audit:
        """Audit the run as somebody will who comes *later_s* seconds later."""
        return audit(self.store.reader, self.run, now_ms=int((time.time() + later_s) * 1000))


@contextmanager
def scene(
    folder: Path,
    store: Store,
    run: str,
    seconds: float,
    *,
    env: Mapping[str, str] | None = None,
    before: Callable[[FaultProxy], None] = lambda _: None,
) -> Iterator[Scene]:
    """Put a proxy before *store* and a target beside it; whatever still runs is ended."""
    with ExitStack() as stack:
        target = stack.enter_context(counting_target())
        proxy = stack.enter_context(proxied(store.env["INFLUXDB_V2_URL"]))
        before(proxy)
        settings = {
            **store.env,
            "INFLUXDB_V2_URL": proxy.url.replace("127.0.0.1", "store.test"),
            "INFLUXDB_V2_TIMEOUT": "10s",
            "SWARMSCOPE_FLUSH_TIMEOUT": "20s",
            "SWARMSCOPE_RUN_ID": run,
            "FAULT_RATE": str(RATE),
            **(env or {}),
        }
        swarm = stack.enter_context(locusts(folder, settings))
        yield Scene(folder, store, run, swarm, target, proxy, seconds)
