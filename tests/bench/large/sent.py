"""Bytes on the wire for each request: of all that a worker writes, each second by itself."""

from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope.spool import Spool
from tests.bench import bytes_sent
from tests.bench.large.figures import Figures
from tests.bench.played import Load, Worker
from tests.bench.spooled import Spooled

ENDPOINTS, RATE = 10, 200


def measure(seconds: int) -> Figures:
    """Return the bytes of all that is sent, and those of requests alone as `make bench` has it."""
    with TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "large.spool", 2**30)
        load = Load(ENDPOINTS, 1, RATE, seconds)
        worker = Worker(load, 0, Spooled(spool))
        for _ in range(seconds):
            worker.second()
        worker.finish()
        sent = spool.bytes
        spool.close()
    alone = bytes_sent.measure()["bytes_sent.per_request"]
    return {"all_of_a_request": round(sent / load.requests, 2), "a_request": alone}
