"""The processes of a soak, all of them real: target, store, collector, master and workers."""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from swarmscope.embedded.database import connect
from swarmscope.embedded.folder import FILE_NAME
from swarmscope.embedded.tables import READ
from swarmscope.errors import NoDataError
from swarmscope.runs.audit import audit_when_settled
from swarmscope.signals import Signals
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question
from tests.bench.processes import HERE, LISTENER, free_port, locust
from tests.bench.soak.plan import Plan
from tests.fixtures.processes import Process, await_answer, end, start
from tests.fixtures.server_process import COMMAND, clean_environment

RUN = "soak"
STORE, COLLECTOR, MASTER = "store", "collector", "master"
_PATIENCE_S = 180
_LATELY_MS = 15 * 60_000
_ASKED = ("percentiles", "requests_per_second", "endpoint_totals")
"""What a page shows that somebody left open."""
_RAW = """
SELECT count(*) FROM samples
WHERE measurement = 'locust_request' AND run = $run AND field = 'response_length'
"""


class CalledOffError(Exception):
    """Somebody asked for the end before it was there."""


@dataclass(frozen=True)
class Scene:
    """Everything that runs, and where it leaves what."""

    folder: Path
    processes: dict[str, Process]
    reader: HttpReader

    def sample(self, began: float) -> dict[str, Any]:
        """Return the memory of each process and the size of each folder, in bytes."""
        found = {name: _memory(p.pid) for name, p in self.processes.items()}
        return {
            "at": round(time.time() - began, 1),
            "rss": {name: rss for name, (rss, _) in found.items() if rss},
            "own": {name: own for name, (_, own) in found.items() if own},
            "bytes": {name: _size(self.folder / name) for name in (STORE, "spool", "log")},
        }

    def look(self) -> None:
        """Ask what an open page asks."""
        with suppress(NoDataError):  # the first points are on their way
            for name in _ASKED:
                start_ms = time.time_ns() // 10**6 - _LATELY_MS
                self.reader.ask(Question(name, RUN, start=start_ms))

    def notes(self, began: float) -> dict[str, list[dict[str, Any]]]:
        """Return what each Locust process noted, with its times counted from *began*."""
        found = {}
        for name, process in self.processes.items():
            path = self.folder / "notes" / f"{process.pid}.jsonl"
            if path.exists():
                lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
                found[name] = [{**note, "at": round(note["at"] - began, 1)} for note in lines]
        return found

    def end(self, *names: str) -> None:
        """End these processes, in this order."""
        for name in names:
            end(self.processes[name])

    def said(self) -> str:
        """Return what all of them said last."""
        texts = {path.stem: path.read_text(errors="replace") for path in self.folder.glob("*.said")}
        return "\n".join(f"{name}: … {text[-2_000:]}" for name, text in texts.items())


def _memory(pid: int) -> tuple[int, int]:
    """Return what is resident of a process, and what of that isn't of files: programs mostly."""
    try:
        found = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0, 0
    return int(found.rss), int(found.rss - found.shared)


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(FileNotFoundError):  # a journal that was put away meanwhile
            total += path.stat().st_size
    return total


@contextmanager
def playing(folder: Path, plan: Plan) -> Iterator[Scene]:
    """Start everything; whatever happens, all of it has ended after that."""
    with ExitStack() as running:
        processes: dict[str, Process] = {}
        env = {"PYTHONPATH": str(HERE.parents[1])}

        def begin(name: str, *command: str, **more: str) -> Process:
            # Ctrl-C is for us alone: we end them in the order in which nothing is lost.
            said = folder / f"{name}.said"
            all_of = clean_environment(**env, **more)
            started = start(command, said, env=all_of, cwd=folder, apart=True)
            running.callback(end, started)
            processes[name] = started
            return started

        for made in ("notes", "log"):
            (folder / made).mkdir()
        ports = {name: str(free_port()) for name in ("target", STORE, COLLECTOR, MASTER)}
        url = f"http://127.0.0.1:{ports[STORE]}"
        sink = f"tcp://127.0.0.1:{ports[COLLECTOR]}"
        begin("target", sys.executable, str(HERE / "target.py"), ports["target"])
        serve = ("serve", "--data", str(folder / STORE), "--port", ports[STORE])
        store = begin(STORE, *COMMAND, *serve)
        await_answer(f"{url}/ping", store, folder / f"{STORE}.said")
        collect = ("collect", "--bind", sink, "--file", str(folder / "log" / "collected.jsonl"))
        begin(COLLECTOR, *COMMAND, *collect, INFLUXDB_V2_URL=url)
        env |= {"INFLUXDB_V2_URL": url, "SWARMSCOPE_SPOOL_DIR": str(folder / "spool")}
        env |= {"SWARMSCOPE_RAW_REQUESTS": "on", "SWARMSCOPE_LOG_SINK": sink}
        env |= {"BENCH_NOTES": str(folder / "notes"), "BENCH_NOTES_EVERY": str(plan.every_s * 6)}
        env |= {"SWARMSCOPE_RUN_ID": RUN}
        files = locust(HERE / "soak" / "soak_locustfile.py", LISTENER)
        for i in range(plan.workers):
            begin(f"worker {i + 1}", *files, "--worker", "--master-port", ports[MASTER])
        load = ("--headless", "-u", str(plan.users), "-r", "20", "-t", f"{plan.seconds}s")
        load += ("--only-summary", "--exit-code-on-error", "0")
        load += ("--host", f"http://127.0.0.1:{ports['target']}")
        leading = ("--master", "--master-bind-host", "127.0.0.1")
        leading += ("--master-bind-port", ports[MASTER], "--expect-workers", str(plan.workers))
        begin(MASTER, *files, *leading, *load)
        with HttpReader(url) as reader:
            yield Scene(folder, processes, reader)


def soak(folder: Path, plan: Plan, signals: Signals, say: Any) -> dict[str, Any]:
    """Return what was sampled and counted; *say* is told how it goes.

    Raises:
        CalledOffError: by *signals*, everything is ended by then.

    """
    with playing(folder, plan) as scene:
        began = time.time()
        samples = _samples(scene, plan, signals, began, say)
        if signals.asked:
            raise CalledOffError
        crew = [name for name in scene.processes if name.startswith("worker")]
        for name in crew:
            scene.processes[name].wait(timeout=_PATIENCE_S)
        verdict = audit_when_settled(scene.reader, RUN, _PATIENCE_S)
        totals = scene.reader.ask(Question("endpoint_totals", RUN)).records()
        scene.end(COLLECTOR, STORE)
        samples.append(scene.sample(began))
        notes = scene.notes(began)
        return {
            "samples": samples,
            "locust": notes,
            "audit": verdict.line(),
            "counts": {
                "locust": notes[MASTER][-1]["requests"],
                "users": sum(notes[name][-1]["requests"] for name in crew),
                "stored": sum(row["requests"] for row in totals),
                "raw": _raw_stored(folder / STORE),
                "lines": _lines(folder / "log"),
            },
        }


def _samples(
    scene: Scene, plan: Plan, signals: Signals, began: float, say: Any
) -> list[dict[str, Any]]:
    """Return a sample each so many seconds, until the master has ended."""
    master = scene.processes[MASTER]
    samples = []
    while master.poll() is None and not signals.asked:
        if time.time() - began > plan.seconds + _PATIENCE_S:
            raise AssertionError(f"The run doesn't end.\n{scene.said()}")
        samples.append(scene.sample(began))
        say(samples[-1])
        scene.look()
        signals.wait(plan.every_s - (time.time() - began) % plan.every_s)
    if master.poll():
        raise AssertionError(f"The master failed.\n{scene.said()}")
    return samples


def _raw_stored(folder: Path) -> int:
    with connect(folder / FILE_NAME, read_only=True) as connection:
        connection.execute(READ)
        ((count,),) = connection.execute(_RAW, {"run": RUN}).fetchall()
    return int(count)


def _lines(folder: Path) -> int:
    """Return of how many requests the collector's files have a line."""
    count = 0
    for path in folder.glob("collected.jsonl*"):
        with path.open("rb") as lines:
            count += sum(b'"request_type"' in line for line in lines)
    return count
