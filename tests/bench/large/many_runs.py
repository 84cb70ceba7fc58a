"""The list of a thousand runs: the board *Runs*, and `swarmscope runs`."""

from dataclasses import replace

from tests.bench.asked_boards import View, panels, variables
from tests.bench.large.copies import EVERY_S, ONE, fill, run_name
from tests.bench.large.figures import PATIENCE_S, Figures, slowest
from tests.bench.large.filled import influx_with
from tests.bench.large.timing import command, told
from tests.fixtures.influxd import Influx

LISTED = 100


def measure(count: int) -> Figures:
    """Return how long the board and the command take with so many runs."""
    what = (count, EVERY_S, ONE)
    with influx_with("runs", what, lambda influx: fill(count, influx)) as influx:
        return {**_board(influx, count), "listed_s": _listed(influx)}


def _board(influx: Influx, count: int) -> Figures:
    length = count * EVERY_S
    begin = ONE.start + length - EVERY_S
    last = replace(ONE, run=run_name(count - 1), start=begin)
    view = View(last.run, begin, ONE.start + length, length, PATIENCE_S)
    asked = {
        f"panel.{title}": told(f"runs: {title}", task)
        for title, task in panels(influx, "runs", view)
    }
    found = {
        f"variable.{title}": told(f"runs, variable: {title}", task)
        for title, task in variables(influx, "runs", view)
    }
    return {"slowest_panel_s": slowest(asked.values()), **asked, **found}


def _listed(influx: Influx) -> float | str:
    env = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": influx.token,
        "INFLUXDB_V2_ORG": influx.org,
    }
    words = ("runs", "--limit", str(LISTED))
    return told(" ".join(("swarmscope", *words)), command(*words, env=env))
