"""What merging the reports of many workers costs their master, by the CPU it takes."""

import time
from collections.abc import Sequence

import msgpack

from tests.bench.large.figures import Figures
from tests.bench.large.timing import say
from tests.bench.played import Load, Master, Taken, Told, Worker

SIZES = (20, 100, 500)
WORKERS, RATE = 200, 100
DIFFERENT = 4
"""Workers that are played: all others report what one of these does."""
_BEGINNING_S = 30
"""In which each name is new, and the first summary comes."""


def measure(seconds: int, workers: int = WORKERS) -> Figures:
    """Return the share of a core at each of `SIZES`, percent, and the longest time of one message.

    Of that what Locust takes to hand a message over is no part, nor what delivery does with lines.
    """
    figures: Figures = {}
    for size in SIZES:
        say(f"a master of {workers} workers with {size} endpoints each, for {seconds} s …")
        share, longest = _merged(Load(size, workers, RATE, seconds + _BEGINNING_S))
        say(f"{size} endpoints: {share:.1f} % of a core, {longest:.1f} ms")
        figures |= {f"percent_{size}": round(share, 2), f"longest_ms_{size}": round(longest, 2)}
    return figures


def _merged(load: Load) -> tuple[float, float]:
    played = [_reports(load, index) for index in range(DIFFERENT)]
    master = Master(load)
    spent, longest = 0.0, 0.0
    for second in range(load.seconds + 2):
        begun = time.process_time()
        for worker in range(load.workers):
            for told in played[worker % DIFFERENT].get(load.start + second, ()):
                before = time.process_time()
                master.hear(load.start + second, worker, msgpack.loads(told))
                longest = max(longest, time.process_time() - before)
        master.tick(load.start + second)
        if second >= _BEGINNING_S:
            spent += time.process_time() - begun
    return 100 * spent / (load.seconds - _BEGINNING_S), 1_000 * longest


def _reports(load: Load, index: int) -> dict[int, Sequence[bytes]]:
    """Return what one worker reports, by the second at which it does, as Locust carries it."""
    told: dict[int, list[bytes]] = {}

    def tell(one: Told) -> None:
        second, _, message = one
        told.setdefault(second, []).append(msgpack.dumps(message))

    worker = Worker(load, index, Taken(), tell)
    for _ in range(load.seconds):
        worker.second()
    worker.finish()
    return told
