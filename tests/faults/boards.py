"""What boards show of a run, in whatever its workers and its master left in a real InfluxDB.

Boards may read what a master merged, which is quick, or the workers' own points, which are the
truth that the audit judges. The one may never say less than the other.
"""

import time
from collections import Counter
from typing import Any

from tests.faults.scene import Scene
from tests.fixtures.influxd import Influx
from tests.fixtures.opened import Opened, Values

from swarmscope.runs.audit import Audit
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.question import Question

TABLE = "Endpoints, over the whole time range"
HEATMAP = "How many requests took how long"
OWN: Values = {"points": "locust", "summary": "(none)"}
"""What is read where nothing of the master's is believed."""
WORDS = {"points": ("merged series", "workers' points"), "summary": ("summary", "points' sums")}
"""What is read for curves and for tables: the master's, or what is stored of the workers'."""
_BEFORE_MS = 5_000
_TOLERANCE = 1e-6
Rows = dict[Any, dict[str, Any]]


_LIVE_S = 61
"""After its newest request boards wait for what is on its way, if nobody wrote that it stopped."""


def opened(scene: Scene, run: Audit) -> Opened:
    """Return boards on all of *run*, in the store of *scene*."""
    env = scene.store.env
    influx = Influx(env["INFLUXDB_V2_URL"], env["INFLUXDB_V2_TOKEN"], env["INFLUXDB_V2_ORG"], "")
    long = env.get("SWARMSCOPE_BUCKET_LONG", "")
    range_ms = (run.began - _BEFORE_MS, int(time.time() * 1_000) + 1_000)
    return Opened(influx, env["INFLUXDB_V2_BUCKET"], long, range_ms)


def judge(scene: Scene, run: Audit) -> str:
    """Assert that boards show of *run* what its workers stored, or all that the witness saw.

    Return what they read for it.
    """
    if not isinstance(scene.store.reader, FluxReader):
        return ""  # boards are Grafana's, and it asks in Flux
    _let_it_end(scene, run)
    boards = opened(scene, run)
    found = boards.values("overlay", run=run.run)
    read = " and ".join(WORDS[name][found[name] == OWN[name]] for name in WORDS)
    picked: Values = {"run": run.run}
    shown, stored = (boards.table("overlay", TABLE, **(picked | more)) for more in ({}, OWN))
    if not _same(shown, stored):
        told = Counter({name: row["requests"] for (name, _), row in shown.items()})
        assert told == scene.seen_of(), f"{read}: {shown}, stored is {stored}"
    drawn, own = (
        _cells(boards.panel("endpoints", HEATMAP, **(picked | more))) for more in ({}, OWN)
    )
    assert drawn in (own, scene.seen()), f"{read}: {own} are stored"
    assert own == run.stored, run.line()
    return read


def _let_it_end(scene: Scene, run: Audit) -> None:
    """Wait until *run* is over for boards: of what goes on they are behind."""
    events = scene.store.reader.ask(Question("run_events", run.run)).records()
    if not any(event["event"] == "stop" for event in events):
        time.sleep(_LIVE_S)


def _same(shown: Rows, stored: Rows) -> bool:
    return shown.keys() == stored.keys() and all(
        shown[endpoint].keys() == row.keys()
        and all(_alike(shown[endpoint][name], value) for name, value in row.items())
        for endpoint, row in stored.items()
    )


def _alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) <= _TOLERANCE * max(abs(one), abs(other))
    return one == other


def _cells(rows: list[dict[str, Any]]) -> float:
    """Return how many requests a heatmap has."""
    return sum(v for row in rows for k, v in row.items() if k != "time" and v is not None)
