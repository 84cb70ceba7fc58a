"""Bytes on the wire for each request: of all that a worker writes, each second by itself."""

from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope.spool import Batch, Spool
from tests.bench import bytes_sent
from tests.bench.large.figures import Figures
from tests.bench.played import Load, Taken, Worker

ENDPOINTS, RATE = 10, 200


class Spooled(Taken):
    """Delivery that keeps everything on disk."""

    def __init__(self, spool: Spool) -> None:
        super().__init__()
        self._spool = spool

    def keep(self, batch: Batch) -> None:
        """Put *batch* into the spool: compressed, as it is sent."""
        super().keep(batch)
        self._spool.keep(batch)


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
