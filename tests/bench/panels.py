"""The boards' panels on a real InfluxDB: an hour by seconds, and a day by minutes.

Each query is asked as Grafana asks it: nothing picked, as many windows as a panel has. A panel is
its queries one after the other, a board all panels at once, as a browser sends them.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from dashboards import look

from swarmscope import schema
from swarmscope.store.flux_reader import script
from tests.bench import recording
from tests.bench.recording import RUN, START, WORKERS, encoder, repeated, tallies
from tests.fixtures import boards, influxd
from tests.fixtures.boards import NOTHING_PICKED, Asked
from tests.fixtures.grafana import filled_in
from tests.fixtures.influxd import Influx

HOUR, DAY = 3_600, 86_400
REPEATS = 5
CONNECTIONS = 6
"""That a browser opens to one server."""
ROUNDED_S = (
    *((25, 20), (45, 30), (90, 60), (210, 120), (450, 300), (900, 600), (1_500, 1_200)),
    (2_700, 1_800),
)
"""Below what a length of windows becomes which in Grafana, s."""
PATIENCE_S = 120
BY_MINUTES = re.compile(r"^locust_(?:latency|stats),(?!.*name=Aggregated)|^locust_latency,")
"""What boards read by minutes of a day, and by seconds of its last hour alone."""
BATCH = 20_000
PICKED = {
    "run": RUN,
    "run_start": str(START * 1_000),
    # A run is compared with itself: as many points on either side.
    "baseline": RUN,
    "baseline_start": str(START * 1_000),
    "other_measurement": [recording.OTHERS],
    "candidates": "|".join(rf"\/endpoint\/{i}" for i in range(recording.ENDPOINTS)),
}


def measure() -> dict[str, float | str]:
    """Fill an InfluxDB, then ask it everything that any board asks."""
    if not shutil.which("influxd"):
        return {"panels.skipped": influxd.MISSING}
    with TemporaryDirectory() as folder, influxd.running(Path(folder)) as influx:
        influx.make_bucket(schema.BUCKET)
        influx.make_bucket(schema.BUCKET_LONG)
        fill(influx)
        return {**_figures(influx, "hour", HOUR), **_figures(influx, "day", DAY)}


def fill(influx: Influx) -> None:
    """Write the last hour by seconds, and the day before it as far as boards read it."""
    seconds = repeated(lambda w, now: recording.lines(encoder(w), tallies(now + 7 * w), now))
    lasting = repeated(lambda w, now: [t for t in seconds(w, now) if not BY_MINUTES.match(t)])
    minutes = repeated(lambda w, now: list(_minute(w, now)))
    hour = START + DAY - HOUR
    _write(influx, schema.BUCKET, _each(lasting, START, hour))
    _write(influx, schema.BUCKET, _each(seconds, hour, START + DAY))
    _write(influx, schema.BUCKET, _around(START, START + DAY))
    by_minute = (
        text.replace(f" {i}000000000", f" {START + 60 * i}000000000")
        for i in range(DAY // 60)
        for worker in range(WORKERS)
        for text in minutes(worker, i)
    )
    _write(influx, schema.BUCKET_LONG, by_minute)


def _around(start: int, end: int) -> Iterable[str]:
    yield from recording.run_lines(start, end)
    for now in range(start, end):
        yield from recording.host_lines(now)
        yield from recording.people_lines(now)


def _minute(worker: int, now: int) -> Iterable[str]:
    return encoder(worker).stats(tallies(now + 7 * worker, 60), now, 60, 50)


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


def _figures(influx: Influx, name: str, length: int) -> dict[str, float | str]:
    figures: dict[str, float | str] = {}
    for board in boards.boards():
        at_most = {panel["title"]: panel.get("maxDataPoints") for panel in boards.panels(board)}
        panels = [
            (list(some), _window(length, at_most[title]))
            for title, some in groupby(boards.panel_queries(board), lambda asked: asked.of)
        ]
        for panel, window in panels:
            took = [_ask(influx, panel, length, window) for _ in range(REPEATS)]
            figures[f"panels.{name}_s.{board}.{panel[0].of}"] = round(median(took), 3)
        whole = [_together(influx, panels, length) for _ in range(REPEATS)]
        figures[f"panels.{name}_board_s.{board}"] = round(median(whole), 3)
    each = [v for k, v in figures.items() if f".{name}_s." in k and isinstance(v, float)]
    all_of = [v for k, v in figures.items() if f".{name}_board_s." in k and isinstance(v, float)]
    figures[f"panels.slowest_{name}_s"] = max(each)
    figures[f"panels.slowest_{name}_board_s"] = max(all_of)
    return figures


def _window(length: int, at_most: int | None) -> int:
    wanted = length / (at_most or look.WINDOWS)
    return next(rounded for below, rounded in ROUNDED_S if wanted < below)


def _ask(influx: Influx, panel: Iterable[Asked], length: int, window: int) -> float:
    begin = time.perf_counter()
    for asked in panel:
        flux = filled_in(asked.flux, {**NOTHING_PICKED, **PICKED})
        answer(influx, flux, length, window)
    return time.perf_counter() - begin


def _together(influx: Influx, panels: list[tuple[list[Asked], int]], length: int) -> float:
    begin = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda panel: _ask(influx, panel[0], length, panel[1]), panels))
    return time.perf_counter() - begin


def answer(influx: Influx, flux: str, length: int, window: int) -> bytes:
    """Return what InfluxDB says to *flux* about the run's last *length* seconds."""
    stop = (START + DAY) * 1_000
    bucket, start = schema.BUCKET, stop - length * 1_000
    text = script(flux, run=RUN, bucket=bucket, start=start, stop=stop, window=window)
    asked = {"query": text, "type": "flux"}
    where = f"/api/v2/query?org={influx.org}"
    status, body = influx.call("POST", where, asked, timeout_s=PATIENCE_S)
    assert status == 200, body
    # Only a table that has rows begins with the names of its columns.
    assert body.strip(), f"There was nothing to answer: {text}"
    return body
