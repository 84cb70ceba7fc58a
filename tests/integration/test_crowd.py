"""Panels of workers on a real InfluxDB: a line for each of a few, an envelope of many."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from statistics import mean
from typing import NamedTuple

import pytest
from dashboards import config
from tests.fixtures import boards, crowded, expected
from tests.fixtures.boards import NOTHING_PICKED
from tests.fixtures.crowded import SECONDS, WORKERS
from tests.fixtures.grafana import filled_in
from tests.fixtures.influxd import Influx

from swarmscope.store.flux_reader import script

BUCKET = "crowd-on-boards"
EVERY = range(WORKERS)
Lines = dict[str, list[float]]
"""By their names, the windows that have a value."""
Windows = Callable[[int], list[float]]
"""What a worker has in each window."""


@pytest.fixture(scope="module")
def crowd(influx: Influx) -> Influx:
    """An InfluxDB that holds a run of many workers."""
    influx.write(influx.make_bucket(BUCKET), crowded.lines())
    return influx


def drawn(influx: Influx, title: str, window: int, workers: Sequence[str] = ()) -> Lines:
    """Return the lines of the panel *title*, of all workers or of those that are picked."""
    picked: Mapping[str, str | Sequence[str]] = {"worker": workers} if workers else {}
    asked = filled_in(
        boards.panel_query("generators", title),
        {**NOTHING_PICKED, **picked, "run": crowded.RUN},
    )
    start, stop = expected.RANGE_MS
    text = script(asked, run=crowded.RUN, bucket=BUCKET, start=start, stop=stop, window=window)
    body = {"query": text, "type": "flux", "dialect": {"annotations": []}}
    status, answer = influx.call("POST", f"/api/v2/query?org={influx.org}", body)
    assert status == 200, answer
    found: Lines = {}
    for row in csv.DictReader(io.StringIO(answer.decode())):
        # The second table has its own line of names.
        if row["_value"] not in ("", "_value"):
            found.setdefault(row["worker"], []).append(float(row["_value"]))
    return found


def windows(window: int, of: Callable[[list[int]], float]) -> list[float]:
    """Return what *of* makes of the seconds of each window."""
    apart: dict[int, list[int]] = {}
    for second in range(SECONDS):
        apart.setdefault(expected.window_ms(second, window), []).append(second)
    return [of(seconds) for seconds in apart.values()]


def cpu(window: int) -> Windows:
    return lambda w: windows(window, lambda some: mean(crowded.cpu(w, second) for second in some))


def lag(window: int) -> Windows:
    return lambda w: windows(window, lambda some: max(crowded.lag(w, second) for second in some))


def rate(window: int) -> Windows:
    return lambda w: windows(window, lambda some: crowded.requests(w) * len(some) / window)


def same(of: Callable[[int], float]) -> Callable[[int], Windows]:
    """Return that a worker has the same all the time."""
    return lambda window: lambda worker: windows(window, lambda _: of(worker))


def envelope(each: Windows, of: Sequence[int] = EVERY) -> Lines:
    """Return what is taken of all workers."""
    together = list(zip(*(each(worker) for worker in of), strict=True))
    made = {f"mean of {len(of)}": mean, "max": max, "min": min}
    return {name: [how(window) for window in together] for name, how in made.items()}


HIGHEST = EVERY[-config.WORST :]


class Panel(NamedTuple):
    """A panel of workers, and what it must draw of many."""

    title: str
    each: Callable[[int], Windows]
    worst: Sequence[int]

    def __str__(self) -> str:
        return self.title


PANELS = [
    Panel("Workers' CPU", cpu, HIGHEST),
    Panel("Workers' event-loop lag", lag, EVERY[: config.WORST]),
    Panel("Requests by worker", rate, EVERY[: config.WORST]),
    Panel("Requests on their way", same(float), HIGHEST),
    Panel("Points sent again", same(lambda worker: 2.0 * worker), HIGHEST),
    Panel("Clock error", same(crowded.clock), HIGHEST),
    Panel("Workers' memory", same(crowded.memory), HIGHEST),
]


def test_each_panel_that_draws_a_crowd_is_among_them() -> None:
    for _, title in boards.panels_of_a_crowd():
        assert any(panel.title in title for panel in PANELS), title


def close(found: Lines, wanted: Lines) -> None:
    assert found.keys() == wanted.keys()
    for name, values in wanted.items():
        assert found[name] == pytest.approx(values), name


@pytest.mark.parametrize("window", [1, 10])
@pytest.mark.parametrize("panel", PANELS, ids=str)
def test_of_many_workers_an_envelope_is_drawn_and_the_worst_by_name(
    crowd: Influx, panel: Panel, window: int
) -> None:
    each = panel.each(window)
    apart = {f"worker-{worker}": each(worker) for worker in panel.worst}
    close(drawn(crowd, panel.title, window), envelope(each) | apart)


@pytest.mark.parametrize("panel", PANELS, ids=str)
def test_who_picks_workers_sees_each_of_them_up_to_thirty(crowd: Influx, panel: Panel) -> None:
    of = EVERY[-config.EACH_WORKER :]
    found = drawn(crowd, panel.title, 10, [f"worker-{worker}" for worker in of])
    close(found, {f"worker-{worker}": panel.each(10)(worker) for worker in of})


def test_envelope_is_of_those_who_are_picked(crowd: Influx) -> None:
    of = EVERY[: config.EACH_WORKER + 1]
    found = drawn(crowd, "Workers' CPU", 10, [f"worker-{worker}" for worker in of])
    apart = {f"worker-{worker}": cpu(10)(worker) for worker in of[-config.WORST :]}
    close(found, envelope(cpu(10), of) | apart)
