"""The list of a thousand runs: the board *Runs*, what *Compare* offers, `swarmscope runs`."""

import re
from dataclasses import replace

from swarmscope import schema
from swarmscope.queries.counted import NONE
from swarmscope.runs.audit import audit
from swarmscope.runs.record import keep_record
from swarmscope.settings import Settings
from swarmscope.store.flux_reader import FluxReader
from tests.bench.asked_boards import View, panels, variables
from tests.bench.large.copies import EVERY_S, ONE, fill, run_name
from tests.bench.large.figures import PATIENCE_S, Figures
from tests.bench.large.filled import influx_with
from tests.bench.large.filling import in_batches
from tests.bench.large.timing import Took, command, figures_of, told
from tests.fixtures.influxd import Influx

LISTED = 100
OFFERED = ("run", "baseline")
"""What a board about one run lists of all."""
_MOMENT = re.compile(r"=(\d{13})i")
"""A time in ms, which is as long as no count here."""


def measure(count: int) -> Figures:
    """Return how long the board and the command take with so many runs."""
    what = (count, EVERY_S, ONE)
    with influx_with(f"runs-{count}", what, lambda influx: _fill(count, influx)) as (influx, pid):
        listed = _listed(influx, pid)
        return {**_board(influx, pid, count), "listed_s": listed.waited, "listed_cpu_s": listed.cpu}


def _fill(count: int, influx: Influx) -> None:
    """Write so many runs, and what audits keep of them."""
    fill(count, influx)
    settings = Settings(url=influx.url, token=influx.token, org=influx.org)
    found: list[str] = []
    with FluxReader(settings) as reader:
        keep_record(reader, audit(reader, run_name(0)), found.extend)
    every = (
        _later(text, run_name(number), number * EVERY_S)
        for number in range(count)
        for text in found
    )
    in_batches(influx.write, schema.BUCKET, every)


def _later(text: str, run: str, later_s: int) -> str:
    """Return a line that an audit wrote as one about *run*, which began so much later."""
    told, _, time_ns = text.replace(run_name(0), run).rpartition(" ")
    moved = _MOMENT.sub(lambda ms: f"={int(ms[1]) + later_s * 1_000}i", told)
    return f"{moved} {int(time_ns) + later_s * 10**9}"


def _board(influx: Influx, pid: int, count: int) -> Figures:
    length = count * EVERY_S
    begin = ONE.start + length - EVERY_S
    last = replace(ONE, run=run_name(count - 1), start=begin)
    # All were audited: the board's own variable, which is measured beside it, finds none to count.
    picked = {"unsummarised": NONE}
    view = View(last.run, begin, ONE.start + length, length, PATIENCE_S, picked)
    asked = {
        title: told(f"runs: {title}", task, pid) for title, task in panels(influx, "runs", view)
    }
    found = {
        f"{board}.{name}": told(f"{board}, variable: {name}", task, pid)
        for board in ("runs", "compare")
        for name, task in variables(influx, board, view)
        # Compare offers all of them, too, whatever its range; hosts there are none.
        if board == "runs" or name in OFFERED
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
