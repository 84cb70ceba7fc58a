"""Stores full of a played run, kept from one measurement to the next.

To write an hour of fifty workers takes minutes, and says nothing of how fast it is read. A store is
kept in `.bench/`, under a name that changes with the run and with the code that writes it.
"""

import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path

import psutil

from swarmscope import schema
from tests.fixtures import influxd, processes, server_process
from tests.fixtures.influxd import Influx
from tests.fixtures.ports import free_port

ROOT = Path(__file__).parents[3]
KEPT = ROOT / ".bench"
_DONE = "filled.json"
_DIGITS = 12
_BLOCK = 512
_STILL_SHARE = 0.05
"""Of a core: what a store takes at most that does nothing any more."""
_LOOK_S = 1.0
_STILL_LOOKS = 3
"""One after the other."""
_PATIENCE_S = 90
_LIST = (
    "import sys, tests.bench.large.filling, tests.bench.large.copies;"
    "print(*(m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)),"
    "sep='\\n')"
)


@cache
def fingerprint() -> str:
    """Return what changes with the code that writes runs: all of ours that it imports."""
    done = subprocess.run(
        [sys.executable, "-c", _LIST], capture_output=True, text=True, check=True, cwd=ROOT
    )
    ours = (Path(line) for line in done.stdout.splitlines())
    return digest(path for path in ours if path.is_relative_to(ROOT) and ".venv" not in path.parts)


def digest(files: Iterable[Path]) -> str:
    """Return a text that changes with what *files* hold, in whatever order they come."""
    together = hashlib.sha256()
    for path in sorted(set(files)):
        together.update(path.read_bytes())
    return together.hexdigest()[:_DIGITS]


def stores(kept: Path, name: str) -> list[Path]:
    """Return the folders in *kept* of stores called *name*, and not of what begins so."""
    return list(kept.glob(f"{name}-{'[0-9a-f]' * _DIGITS}"))


def _place(name: str, what: object) -> Path:
    """Return the folder of the store called *name*, without any older one of that name."""
    own = hashlib.sha256(f"{what} {fingerprint()}".encode()).hexdigest()[:_DIGITS]
    folder = KEPT / f"{name}-{own}"
    for other in stores(KEPT, name):
        if other != folder or not (other / _DONE).exists():
            shutil.rmtree(other)
    return folder


def _begin(folder: Path) -> None:
    folder.mkdir(parents=True)
    print("  writing the run into a store …", file=sys.stderr, flush=True)  # noqa: T201


@contextmanager
def influx_with(
    name: str, what: object, fill: Callable[[Influx], None]
) -> Iterator[tuple[Influx, int]]:
    """Run an InfluxDB that *fill* has filled once with *what*, and yield it with its process.

    It does nothing else by now.
    """
    folder = _place(name, what)
    if not (folder / _DONE).exists():
        _begin(folder)
        with running(folder) as (url, _):
            influx = influxd.set_up(url)
            influx.make_bucket(schema.BUCKET)
            influx.make_bucket(schema.BUCKET_LONG)
            fill(influx)
        (folder / _DONE).write_text(json.dumps(asdict(influx)), encoding="utf-8")
    known = json.loads((folder / _DONE).read_text(encoding="utf-8"))
    with running(folder) as (url, process):
        await_still(process.pid)
        yield Influx(**{**known, "url": url}), process.pid


@contextmanager
def running(folder: Path, options: Sequence[str] = ()) -> Iterator[tuple[str, processes.Process]]:
    """Run influxd on *folder*, and end it as one does who wants to use the folder again."""
    url = f"http://127.0.0.1:{free_port()}"
    said = folder / "influxd.log"
    with processes.running([*influxd.command(folder, url), *options], said) as process:
        processes.await_answer(url + "/health", process, said)
        try:
            yield url, process
        finally:
            # On SIGTERM it ends at once, whatever it is writing.
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()


def disk_size(folder: Path) -> int:
    """Return the bytes that an InfluxDB takes in *folder*: some of its files are longer than that.

    What it puts together meanwhile may go while it is looked at.
    """
    sizes = []
    for path in (folder / "engine").rglob("*"):
        with suppress(FileNotFoundError):
            sizes.append(path.stat().st_blocks * _BLOCK)
    return sum(sizes)


def await_still(pid: int, patience_s: int = _PATIENCE_S) -> None:
    """Wait until the process does nothing any more: what was written is being put in order."""
    process = psutil.Process(pid)
    process.cpu_percent()
    deadline = time.monotonic() + patience_s
    still = 0
    # Between two steps of its it may rest for a moment.
    while still < _STILL_LOOKS and time.monotonic() < deadline:
        time.sleep(_LOOK_S)
        still = still + 1 if process.cpu_percent() < 100 * _STILL_SHARE else 0


@contextmanager
def embedded_with(name: str, what: object, fill: Callable[[str], None]) -> Iterator[str]:
    """Run an embedded store that *fill* has filled once with *what*; yield its address."""
    folder = _place(name, what)
    if not (folder / _DONE).exists():
        _begin(folder)
        with server_process.store_process(folder / "store") as url:
            fill(url)
        (folder / _DONE).write_text("{}", encoding="utf-8")
    with server_process.store_process(folder / "store") as url:
        yield url
