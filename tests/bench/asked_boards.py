"""Boards asked as Grafana asks them: nothing picked, as many windows as a panel has.

A panel is its queries one after the other, a board all panels at once, as a browser sends them.
"""

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import groupby
from statistics import median

from dashboards import config

from swarmscope import schema
from swarmscope.store.flux_reader import script
from tests.bench import recording
from tests.fixtures import boards
from tests.fixtures.boards import NOTHING_PICKED, Asked
from tests.fixtures.grafana import filled_in
from tests.fixtures.influxd import Influx

CONNECTIONS = 6
"""That a browser opens to one server."""
ROUNDED_S = (
    *((1.5, 1), (3.5, 2), (7.5, 5), (12.5, 10), (17.5, 15), (25, 20), (45, 30), (90, 60)),
    *((210, 120), (450, 300), (750, 600), (1_050, 900), (1_500, 1_200), (2_700, 1_800)),
    (5_400, 3_600),
)
"""Below what a length of windows becomes which in Grafana, s."""
MAY_BE_EMPTY = (
    *('"locust_phases"', '"locust_arrivals"', '"locust_intended_latency"'),
    *('"locust_transactions"', '"app_gauges"', '"locust_threshold"'),
    '"failed a threshold"',
    "went on at another time",
)
"""Signs of a question without an answer here: what is recorded on request, of requests that nobody
made up, what no service told, by what nobody judged, and where a run is that isn't in the range."""
SLOW_S = 5.0
"""What takes longer is asked once: it is as slow the next time."""


@dataclass(frozen=True)
class View:
    """What boards are opened on: *length* seconds of a run until *stop*, s since 1970."""

    run: str
    begin: int
    """When the run began."""
    stop: int
    length: int
    patience_s: int
    """How long an answer may take."""
    picked: Mapping[str, str | list[str]] = field(default_factory=dict)

    @property
    def values(self) -> Mapping[str, str | list[str]]:
        """What stands for each of Grafana's variables."""
        begin = str(self.begin * 1_000)
        # A run is compared with itself: as many points on either side.
        both = {"run": self.run, "run_start": begin, "baseline": self.run, "baseline_start": begin}
        others = {"other_measurement": [recording.OTHERS]}
        return {**NOTHING_PICKED, **both, **others, **self.picked}


def busiest(names: Iterable[str]) -> str:
    """Return the expression for *names* that the variable `candidates` would have."""
    return "|".join(name.replace("/", r"\/") for name in names)


class TooSlowError(Exception):
    """A panel took longer than anybody waits."""


Timed = Callable[[], None]


def panels(influx: Influx, board: str, view: View) -> Iterator[tuple[str, Timed]]:
    """Yield the title of each panel of *board*, and what asks all it asks."""
    at_most = {panel["title"]: panel.get("maxDataPoints") for panel in boards.panels(board)}
    for title, some in groupby(boards.panel_queries(board), lambda asked: asked.of):
        yield title, _asking(influx, list(some), view, window(view.length, at_most[title]))


def variables(influx: Influx, board: str, view: View) -> Iterator[tuple[str, Timed]]:
    """Yield the name of each variable of *board*, and what finds its values."""
    for asked in boards.variable_queries(board):
        yield asked.of, _asking(influx, [asked], view, window(view.length, None))


def opened(influx: Influx, board: str, view: View) -> View:
    """Return *view* with what nobody picks on *board*, as a page finds it out before its panels."""
    known = dict(view.picked)
    for asked in boards.variable_queries(board):
        if asked.of in boards.hidden(board) and not asked.of.endswith("_start"):
            flux = filled_in(asked.flux, replace(view, picked=known).values)
            known[asked.of] = _first(answer(influx, flux, view, window(view.length, None)))
    return replace(view, picked=known)


def _first(body: bytes) -> str:
    """Return the first value of an answer."""
    rows = csv.DictReader(line for line in body.decode().splitlines() if line)
    return next(row["_value"] for row in rows)


def _asking(influx: Influx, queries: Iterable[Asked], view: View, width: int) -> Timed:
    def ask() -> None:
        for asked in queries:
            answer(influx, filled_in(asked.flux, view.values), view, width)

    return ask


def window(length: int, at_most: int | None) -> int:
    """Return the length of the windows, s, of which a panel has *at_most* so many."""
    wanted = length / (at_most or config.WINDOWS)
    return next(rounded for below, rounded in ROUNDED_S if wanted < below)


def together(tasks: Iterable[Timed]) -> Timed:
    """Return what does all *tasks* at once, as far as a browser does."""

    def ask() -> None:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lambda task: task(), tasks))

    return ask


def timed(task: Timed, repeats: int, slow_s: float = SLOW_S) -> float:
    """Return the median of what *task* takes, s, done so often unless it is slow."""
    took: list[float] = []
    while len(took) < repeats:
        begin = time.perf_counter()
        task()
        took.append(time.perf_counter() - begin)
        if took[-1] >= slow_s:
            return took[-1]
    return median(took)


def answer(influx: Influx, flux: str, view: View, width: int) -> bytes:
    """Return what InfluxDB says to *flux* in *view*, with windows of so many seconds."""
    stop = view.stop * 1_000
    start = stop - view.length * 1_000
    text = script(flux, run=view.run, bucket=schema.BUCKET, start=start, stop=stop, window=width)
    asked = {"query": text, "type": "flux"}
    where = f"/api/v2/query?org={influx.org}"
    try:
        status, body = influx.call("POST", where, asked, timeout_s=view.patience_s)
    except TimeoutError as error:
        raise TooSlowError from error
    assert status == 200, body
    # Only a table that has rows begins with the names of its columns.
    empty = not body.strip() and not any(sign in text for sign in MAY_BE_EMPTY)
    assert not empty, f"There was nothing to answer: {text}"
    return body
