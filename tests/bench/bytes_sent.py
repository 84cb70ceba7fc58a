"""Bytes on the wire for each request: ten endpoints, lognormal, 200 requests/s a worker."""

import random
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope.recording.points import Encoder
from swarmscope.recording.tallies import Tallies
from swarmscope.recording.window import Recorder
from swarmscope.spool import Batch, Spool

SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """An answer, as far as anybody looks."""

    status_code: int


RATE = 200


def measure() -> dict[str, float | str]:
    """Return compressed bytes of body for each request, each second sent by itself."""
    rnd = random.Random(3)
    mono = [1000.0]
    recorder = Recorder(clock=lambda: mono[0], wall=lambda: 1.75e9)
    encoder = Encoder({"run": "20261121-120000-abcd", "worker": "worker-0"})
    sent = 0
    with TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "bench.spool", 2**28)
        for _ in range(SECONDS):
            for i in range(RATE):
                mono[0] += 1 / RATE
                recorder.record(
                    request_type="GET",
                    name=f"/endpoint/{i % 10}",
                    response_time=rnd.lognormvariate(4, 0.7),
                    response_length=rnd.randint(200, 20_000),
                    # Some of them aren't what was asked for.
                    response=Answer(200 if i % 10 or i % 3 else 404),
                )
            recorder.close_due()
            for window in recorder.take():
                tallies = Tallies.of({raw.key: raw.fold() for raw in window.endpoints})
                lines = list(encoder.stats(tallies, window.start, 1, 20))
                lines += encoder.latencies(tallies.items(), window.start)
                lines += encoder.statuses(window.endpoints, window.start)
                lines += encoder.users({"Browser": 12, "Buyer": 8}, "count", window.start)
                spool.keep(Batch("loadtest", "r", window.requests, lines))
            sent = spool.bytes
        spool.close()
    return {"bytes_sent.per_request": round(sent / (SECONDS * RATE), 2)}
