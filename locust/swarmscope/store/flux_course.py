"""What a run and its workers say of themselves, as InfluxDB is asked for it."""

from collections.abc import Iterable, Mapping
from typing import Any

from swarmscope.store.flux_lists import milliseconds
from swarmscope.store.shapes import whole
from swarmscope.store.watermark import FINISHED, HEARD_MS, Course

Record = Mapping[str, Any]
COURSE = """
told = () =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")

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
"""
"""In one script: how it was recorded, and how often masters said that it started and stopped."""

TOLD = f"""
newest = (field) =>
    from(bucket: v.defaultBucket)
        |> range(start: -{HEARD_MS // 1_000}s)
        |> filter(fn: (r) => r._measurement == "locust_worker" and r.run == "${{run}}")
        |> filter(fn: (r) => r._field == field)
        |> last()

newest(field: "requests_seen") |> keep(columns: ["_time", "worker"]) |> yield(name: "told")
newest(field: "final") |> keep(columns: ["_value", "worker"]) |> yield(name: "finished")
"""
"""The newest point of each worker, and whether it says that it is the last."""


def course_of(records: Iterable[Record]) -> Course:
    """Return what the answer to `COURSE` comes to.

    Raises:
        OddAnswerError: a number is none.

    """
    lengths: dict[str, int] = {}
    said: dict[str, int] = {}
    for one in records:
        if one["result"] == "lengths":
            lengths[one["_field"]] = whole(one, "_value")
        else:
            said[one["event"]] = whole(one, "_value")
    windows = lengths.get("resolution")
    over = said.get("stop", 0) >= said.get("start", 0) > 0
    return Course(windows, lengths.get("latency_resolution", windows), over)


def told_of(records: Iterable[Record]) -> list[int]:
    """Return what the answer to `TOLD` comes to."""
    told: dict[str, int] = {}
    finished: set[str] = set()
    for one in records:
        worker = one.get("worker") or ""
        if one["result"] == "told":
            told[worker] = milliseconds(one["_time"])
        elif one["_value"] is True:
            finished.add(worker)
    return [FINISHED if worker in finished else at for worker, at in told.items()]
