"""The boards' panels on a real InfluxDB: an hour by seconds, and a day by minutes."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from swarmscope import schema
from tests.bench import asked_boards, recording
from tests.bench.asked_boards import View, busiest, timed, together
from tests.bench.recording import RUN, START, WORKERS, encoder, repeated, tallies
from tests.fixtures import boards, influxd
from tests.fixtures.influxd import Influx
from tests.fixtures.tallied import tallies_of

HOUR, DAY = 3_600, 86_400
REPEATS = 5
PATIENCE_S = 120
BY_MINUTES = re.compile(
    r"^locust_(?:merged_)?(?:latency|stats),(?!.*name=Aggregated)"
    r"|^locust_(?:merged_|failed_)?latency,"
)
"""What boards read by minutes of a day, and by seconds of its last hour alone."""
BATCH = 20_000
CANDIDATES = busiest(f"/endpoint/{i}" for i in range(recording.ENDPOINTS))


def measure(hour: int = HOUR, day: int = DAY, repeats: int = REPEATS) -> dict[str, float | str]:
    """Fill an InfluxDB with a run of a *day*, then ask it all that boards ask, of an *hour* too."""
    if not shutil.which("influxd"):
        return {"panels.skipped": influxd.MISSING}
    with _filled(hour, day) as influx:
        return {
            **_figures(influx, "hour", _view(hour, day), repeats),
            **_figures(influx, "day", _view(day, day), repeats),
        }


def ask_each(hour: int, day: int) -> None:
    """Ask each panel once, of the *hour* and of the *day*: nothing but whether it has an answer."""
    with _filled(hour, day) as influx:
        for view in (_view(hour, day), _view(day, day)):
            for board in boards.of_a_run():
                for _, task in asked_boards.panels(influx, board, view):
                    task()


@contextmanager
def _filled(hour: int, day: int) -> Iterator[Influx]:
    with TemporaryDirectory() as folder, influxd.running(Path(folder)) as influx:
        influx.make_bucket(schema.BUCKET)
        influx.make_bucket(schema.BUCKET_LONG)
        fill(influx, hour, day)
        yield influx


def _view(length: int, day: int) -> View:
    return View(RUN, START, START + day, length, PATIENCE_S, {"candidates": CANDIDATES})


def fill(influx: Influx, hour: int, day: int) -> None:
    """Write the last hour by seconds, and the day before it as far as boards read it."""
    seconds = repeated(lambda w, now: recording.lines(encoder(w), now + 7 * w, now))
    merged = repeated(lambda _, now: recording.merged_lines(_seeds(now), now))
    lasting = repeated(lambda w, now: [t for t in seconds(w, now) if not BY_MINUTES.match(t)])
    minutes = repeated(lambda w, now: list(_minute(w, now)))
    merged_minutes = repeated(lambda _, now: recording.merged_minute(_seeds(now), now))
    last_hour, stop = START + day - hour, START + day
    _write(influx, schema.BUCKET, _each(lasting, START, last_hour))
    _write(influx, schema.BUCKET, _each(seconds, last_hour, stop))
    _write(
        influx,
        schema.BUCKET,
        (
            text
            for now in range(START, stop)
            for text in merged(0, now)
            if now >= last_hour or not BY_MINUTES.match(text)
        ),
    )
    last = recording.summary_lines(_seeds(START), day, stop - 1)
    for bucket in (schema.BUCKET, schema.BUCKET_LONG):
        _write(influx, bucket, last)
    _write(influx, schema.BUCKET, _around(START, stop))
    by_minute = (
        text.replace(f" {i}000000000", f" {START + 60 * i}000000000")
        for i in range(day // 60)
        for text in (*(t for w in range(WORKERS) for t in minutes(w, i)), *merged_minutes(0, i))
    )
    _write(influx, schema.BUCKET_LONG, by_minute)


def _seeds(now: int) -> list[int]:
    """Return of what each worker's answers at *now* are drawn."""
    return [now + 7 * worker for worker in range(WORKERS)]


def _around(start: int, end: int) -> Iterable[str]:
    yield from recording.run_lines(start, end)
    for now in range(start, end):
        yield from recording.host_lines(now)
        yield from recording.people_lines(now)


def _minute(worker: int, now: int) -> Iterable[str]:
    minute, of = tallies_of(tallies(now + 7 * worker, 60)), encoder(worker)
    yield from of.stats(minute, now, 60, 50)
    yield from of.latencies(minute.items(), now, coarse=True)


def _each(made: Callable[[int, int], list[str]], start: int, end: int) -> Iterable[str]:
    return (
        text for now in range(start, end) for worker in range(WORKERS) for text in made(worker, now)
    )


def _write(influx: Influx, bucket: str, lines: Iterable[str]) -> None:
    batch: list[str] = []
    for text in lines:
        batch.append(text)
        if len(batch) == BATCH:
            influx.write(bucket, batch)
            batch.clear()
    if batch:
        influx.write(bucket, batch)


def _figures(influx: Influx, name: str, view: View, repeats: int) -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    each, all_of = [], []
    for board in boards.of_a_run():
        panels = dict(asked_boards.panels(influx, board, view))
        for title, task in panels.items():
            each.append(round(timed(task, repeats), 3))
            figures[f"panels.{name}_s.{board}.{title}"] = each[-1]
        all_of.append(round(timed(together(panels.values()), repeats), 3))
        figures[f"panels.{name}_board_s.{board}"] = all_of[-1]
    figures[f"panels.slowest_{name}_s"] = max(each)
    figures[f"panels.slowest_{name}_board_s"] = max(all_of)
    return figures
