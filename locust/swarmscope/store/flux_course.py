"""What a run says of itself, as InfluxDB is asked for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from swarmscope.store.flux_lists import milliseconds
from swarmscope.store.shapes import whole
from swarmscope.store.watermark import Course

COURSE = """
of_run = (measurement, start, stop) =>
    from(bucket: v.defaultBucket)
        |> range(start: start, stop: stop)
        |> filter(fn: (r) => r._measurement == measurement and r.run == "${run}")
told = () => of_run(measurement: "locust_run", start: v.timeRangeStart, stop: v.timeRangeStop)
newest = (field) =>
    of_run(measurement: "locust_worker", start: -60s, stop: now())
        |> filter(fn: (r) => r._field == field)
        |> last()

told()
    |> filter(fn: (r) => r._field == "resolution" or r._field == "latency_resolution")
    |> group(columns: ["_field"])
    |> max()
    |> yield(name: "lengths")
told()
    |> filter(fn: (r) => r._field == "message" and (r.event == "start" or r.event == "stop"))
    |> group(columns: ["event"])
    |> count()
    |> yield(name: "said")
newest(field: "requests_seen") |> keep(columns: ["_time", "worker"]) |> yield(name: "told")
newest(field: "final") |> keep(columns: ["_value", "worker"]) |> yield(name: "finished")
"""
"""In one script: how the run was recorded, how often masters said that it started and that it
stopped, and its workers' newest points."""


def course_of(records: Iterable[Mapping[str, Any]]) -> Course:
    """Return what the answer to `COURSE` comes to.

    Raises:
        OddAnswerError: a number is none.

    """
    lengths: dict[str, int] = {}
    said: dict[str, int] = {}
    told: dict[str, int] = {}
    finished: set[str] = set()
    for one in records:
        worker = one.get("worker") or ""
        match one["result"]:
            case "lengths":
                lengths[one["_field"]] = whole(one, "_value")
            case "said":
                said[one["event"]] = whole(one, "_value")
            case "told":
                told[worker] = milliseconds(one["_time"])
            case "finished" if one["_value"] is True:
                finished.add(worker)
    windows = lengths.get("resolution")
    return Course(
        windows,
        lengths.get("latency_resolution", windows),
        said.get("stop", 0) >= said.get("start", 0) > 0,
        {worker: at for worker, at in told.items() if worker not in finished},
    )
