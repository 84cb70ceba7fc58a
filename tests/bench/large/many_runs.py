"""The list of a thousand runs: the board *Runs*, and `swarmscope runs`."""

from dataclasses import replace

from tests.bench.asked_boards import View, panels, variables
from tests.bench.large.copies import EVERY_S, ONE, fill, run_name
from tests.bench.large.figures import PATIENCE_S, Figures
from tests.bench.large.filled import influx_with
from tests.bench.large.timing import Took, command, figures_of, told
from tests.fixtures.influxd import Influx

LISTED = 100


def measure(count: int) -> Figures:
    """Return how long the board and the command take with so many runs."""
    what = (count, EVERY_S, ONE)
    with influx_with(f"runs-{count}", what, lambda influx: fill(count, influx)) as (influx, pid):
        listed = _listed(influx, pid)
        return {**_board(influx, pid, count), "listed_s": listed.waited, "listed_cpu_s": listed.cpu}


def _board(influx: Influx, pid: int, count: int) -> Figures:
    length = count * EVERY_S
    begin = ONE.start + length - EVERY_S
    last = replace(ONE, run=run_name(count - 1), start=begin)
    view = View(last.run, begin, ONE.start + length, length, PATIENCE_S)
    asked = {
        title: told(f"runs: {title}", task, pid) for title, task in panels(influx, "runs", view)
    }
    found = {
        title: told(f"runs, variable: {title}", task, pid)
        for title, task in variables(influx, "runs", view)
    }
    return {**figures_of("panel", asked), **figures_of("variable", found)}


def _listed(influx: Influx, pid: int) -> Took:
    env = {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": influx.token,
        "INFLUXDB_V2_ORG": influx.org,
    }
    words = ("runs", "--limit", str(LISTED))
    return told(" ".join(("swarmscope", *words)), command(*words, env=env), pid)
