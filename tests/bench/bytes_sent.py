"""Bytes on the wire for each request: ten endpoints, lognormal, 200 requests/s a worker."""

import random
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope.agent.books import Books
from swarmscope.recording.window import Recorder
from swarmscope.spool import Spool
from tests.bench.spooled import IDENTITY, Spooled, settings

SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """An answer, as far as anybody looks."""

    status_code: int


RATE = 200


def measure() -> dict[str, float | str]:
    """Return compressed bytes of body for each request, each second sent by itself.

    Of what is written of requests and users by the second, without minutes.
    """
    rnd = random.Random(3)
    mono = [1000.0]
    recorder = Recorder(clock=lambda: mono[0], wall=lambda: 1.75e9)
    with TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "bench.spool", 2**28)
        books = Books(settings(SWARMSCOPE_BUCKET_LONG=""), Spooled(spool), recorder, None)
        books.identify(IDENTITY)
        encoder = books.encoder
        assert encoder
        for _ in range(SECONDS):
            for i in range(RATE):
                mono[0] += 1 / RATE
                books.record(
                    request_type="GET",
                    name=f"/endpoint/{i % 10}",
                    response_time=rnd.lognormvariate(4, 0.7),
                    response_length=rnd.randint(200, 20_000),
                    # Some of them aren't what was asked for.
                    response=Answer(200 if i % 10 or i % 3 else 404),
                )
            recorder.close_due()
            users = encoder.users({"Browser": 12, "Buyer": 8}, "count", int(recorder.now()))
            books.keep_closed({"Browser": 12, "Buyer": 8}, lambda _, lines=users: lines)
        books.keep_open(20)
        sent = spool.bytes
        spool.close()
    return {"bytes_sent.per_request": round(sent / (SECONDS * RATE), 2)}
