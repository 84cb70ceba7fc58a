"""CPU that every request by itself adds to one request event, beside the recorder's own."""

import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import sleep
from typing import Any

import gevent

from swarmscope.logs.handler import RecordHandler
from swarmscope.logs.push import Push
from swarmscope.logs.requests import RawRequests
from swarmscope.logs.rotating import RotatingFile
from swarmscope.logs.stream import Stream
from swarmscope.recording.window import Recorder
from swarmscope.spool import Batch, Spool
from tests.bench.firing import fire
from tests.bench.processes import process
from tests.fixtures.ports import free_port

PAIRS = 9
_PAUSE_S = 0.05
_COMMAND = "from swarmscope.cli import main; main()"


class _Answer:
    status_code = 200


class _Outlet:
    """Both ways out, without the threads that hide what they cost."""

    def __init__(self, folder: Path, address: str) -> None:
        self._file = RotatingFile(folder / "lines", max_bytes=2**26, every=86_400, keep=1)
        self._push = Push(address, "bench", {}, None)

    def offer(self, lines: bytes, count: int) -> None:
        """Write and send."""
        self._file.write(lines + b"\n")
        self._push.offer(lines, count)
        while not self._push.pump():  # the worker's pause, which its ticks have between them
            sleep(_PAUSE_S)

    def close(self) -> None:
        """Close both."""
        self._file.close()
        self._push.close(0)


def _without() -> float:
    recorder = Recorder()

    def tick() -> None:
        recorder.close()
        recorder.take()

    return fire(recorder.record, tick, _Answer())


def _with(folder: Path, outlet: _Outlet | None) -> float:
    """Points, spool and, with *outlet*, lines to a file and a collector."""
    folder.mkdir()
    recorder = Recorder()
    raw = RawRequests(sample=1, greenlet=gevent.getcurrent)
    raw.identify({"run": "20261121-120000-abcd", "worker": "worker-0"}, "gen-1")
    stream = Stream("gen-1", RecordHandler(), [outlet] if outlet else [])
    spool = Spool(folder / "bench.spool", 2**28)

    def tick() -> None:
        recorder.close()
        recorder.take()
        points: list[str] = []
        for encoded in raw.encode(recorder.offset, with_lines=outlet is not None):
            points += encoded.points
            if outlet:
                stream.add(encoded)
        spool.keep(Batch("loadtest", "r", 0, points))
        spool.forget(spool.oldest("loadtest", 5_000))
        for _ in stream.flush("r", "worker-0"):
            pass

    cost = fire(recorder.handler(raw.add), tick, _Answer())
    spool.close()
    return cost


def measure() -> dict[str, float | str]:
    """Return CPU µs a request that are added: medians of pairs in one run."""
    figures: dict[str, float | str] = {}
    # In a greenlet with arguments, as users' code is: their class is looked up there.
    gevent.spawn(lambda _: figures.update(_measure()), object()).get()
    return figures


def _measure() -> dict[str, Any]:
    samples: dict[str, list[float]] = {"recorder": [], "points": [], "everything": []}
    with TemporaryDirectory() as name:
        folder = Path(name)
        address = f"tcp://127.0.0.1:{free_port()}"
        options = ("--bind", address, "--file", str(folder / "all"), "--no-store")
        with process(sys.executable, "-c", _COMMAND, "collect", *options):
            for turn in range(PAIRS):
                outlet = _Outlet(folder, address)
                without = _without()
                # Beside the figures: on a busy machine it grows as they do.
                samples["recorder"].append(without)
                samples["points"].append(_with(folder / f"{turn}p", None) - without)
                samples["everything"].append(_with(folder / f"{turn}e", outlet) - without)
                outlet.close()
    return {
        f"raw_requests.{name}_us": round(statistics.median(values), 3)
        for name, values in samples.items()
    }
