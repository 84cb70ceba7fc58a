"""Boards of runs that have more of something than the demo: endpoints, workers, seconds."""

from collections.abc import Sequence

from tests.bench import asked_boards
from tests.bench.asked_boards import View, together
from tests.bench.large import thresholds
from tests.bench.large.figures import PATIENCE_S, TOO_SLOW, Figures
from tests.bench.large.filled import embedded_with, influx_with
from tests.bench.large.filling import fill
from tests.bench.large.timing import REPEATS, Took, figures_of, told
from tests.bench.played import Load
from tests.bench.store import ask_each
from tests.fixtures import boards
from tests.fixtures.influxd import Influx


def measure(
    name: str,
    load: Load,
    only: Sequence[str] = (),
    *,
    embedded: bool = False,
    judged: bool = False,
) -> Figures:
    """Return how long each panel, variable and board takes for *load*; of *only* these boards.

    *embedded*: and the questions of such a store; *judged*: and thresholds.
    """
    with influx_with(name, load, lambda influx: fill(load, influx)) as (influx, pid):
        figures = _boards(influx, pid, load, only or boards.of_a_run())
        if judged:
            figures |= thresholds.measure(influx, pid, load)
    if embedded:
        with embedded_with(f"embedded-{name}", load, lambda url: fill(load, url)) as url:
            figures |= _questions(url, load)
    return figures


def _boards(influx: Influx, pid: int, load: Load, only: Sequence[str]) -> Figures:
    begun = View(load.run, load.start, load.stop, load.seconds, PATIENCE_S)
    panels: dict[str, Took] = {}
    variables: dict[str, Took] = {}
    whole: dict[str, Took] = {}
    for board in only:
        view = asked_boards.opened(influx, board, begun)
        tasks = dict(asked_boards.panels(influx, board, view))
        own = {title: told(f"{board}: {title}", task, pid) for title, task in tasks.items()}
        panels |= {f"{board}.{title}": took for title, took in own.items()}
        for title, task in asked_boards.variables(influx, board, view):
            variables[f"{board}.{title}"] = told(f"{board}, variable: {title}", task, pid)
        if any(took.waited == TOO_SLOW for took in own.values()):
            whole[board] = Took(TOO_SLOW, round(sum(took.cpu for took in own.values()), 3))
        else:
            whole[board] = told(f"{board}, all panels at once", together(tasks.values()), pid)
    return {
        **figures_of("panel", panels),
        **figures_of("variable", variables),
        **figures_of("board", whole),
    }


def _questions(url: str, load: Load) -> Figures:
    took = ask_each(url, load.run, load.start, load.stop, REPEATS)
    each: Figures = {f"embedded.{name}": seconds for name, seconds in took.items()}
    return {"slowest_embedded_query_s": max(took.values()), **each}
