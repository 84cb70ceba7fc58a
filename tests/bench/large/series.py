"""Lines a second that the embedded store takes, of few series and of more than it remembers."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope import schema
from tests.bench.large.figures import Figures
from tests.bench.large.timing import say
from tests.bench.played import Load, play
from tests.fixtures import server_process

ENDPOINTS, RATE = 100, 1_000
FEW, MANY = 60, 160
"""Workers: below 32,768 series, and past them."""
AT_ONCE = 20
"""Workers in a body."""


def measure(few: int, many: int, passes: int) -> Figures:
    """Return lines a second with so *few* and so *many* workers, after each wrote once."""
    load = Load(ENDPOINTS, 1, RATE, passes + 1)
    seconds = [step[schema.BUCKET] for step in play(load, [0], 1)]
    figures: Figures = {}
    for what, workers in (("few", few), ("many", many)):
        series, speed = _speed(seconds[: passes + 1], workers)
        figures[f"{what}_series"] = series
        figures[f"{what}_lines_a_second"] = speed
        say(f"{speed:>8} lines/s with {series:,} series")
    slower = float(figures["few_lines_a_second"]) / float(figures["many_lines_a_second"])
    return {"slower": round(slower, 2), **figures}


def _speed(seconds: list[list[str]], workers: int) -> tuple[int, int]:
    """Return how many series there are, and the lines a second after the first of *seconds*."""
    series = {text.partition(" ")[0] for lines in seconds for text in lines}
    with TemporaryDirectory() as folder, server_process.store_process(Path(folder)) as url:
        _write(url, seconds[0], workers)
        begin = time.perf_counter()
        lines = sum(_write(url, some, workers) for some in seconds[1:])
        took = time.perf_counter() - begin
    return len(series) * workers, round(lines / took)


def _write(url: str, lines: list[str], workers: int) -> int:
    """Write *lines* of one worker as those of so many; return how many that are."""
    for first in range(0, workers, AT_ONCE):
        body = [
            text.replace("worker=worker-0", f"worker=worker-{worker}", 1)
            for worker in range(first, min(first + AT_ONCE, workers))
            for text in lines
        ]
        server_process.write(url, body)
    return workers * len(lines)
