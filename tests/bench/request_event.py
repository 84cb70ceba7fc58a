"""CPU added to one request event, all features on, beside what others cost in the same loop."""

import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from time import time_ns
from typing import Any

from influxdb_client import Point
from locust.stats import RequestStats
from requests import Response

from swarmscope.agent.books import Books
from swarmscope.recording.window import Recorder
from swarmscope.spool import Spool
from tests.bench.firing import fire
from tests.bench.spooled import IDENTITY, Spooled, settings

PAIRS = 9
ANSWER = Response()
ANSWER.status_code = 200
"""What each request got."""


def _nothing() -> float:
    def handler(**_: Any) -> None:
        """Take the event, as every listener must."""

    return fire(handler, lambda: None, ANSWER)


def _locust() -> float:
    stats = RequestStats(use_response_times_cache=False)  # as on a worker

    def handler(
        request_type: str,
        name: str,
        response_time: float,
        response_length: int,
        exception: object = None,
        **_: Any,
    ) -> None:
        stats.log_request(request_type, name, response_time, response_length)  # type: ignore[arg-type]
        if exception:
            stats.log_error(request_type, name, str(exception))

    return fire(handler, lambda: None, ANSWER)


def _ours(folder: Path) -> float:
    """Counting, and all that a tick makes of it: sums, spans, points, compressing, the disk."""
    recorder = Recorder()
    spool = Spool(folder / "bench.spool", 2**28)
    books = Books(settings(), Spooled(spool, taken=True), recorder, None)
    books.identify(IDENTITY)

    def tick() -> None:
        # Each a second later than the one before, whatever time it is.
        recorder.close()
        books.keep_closed({"Browser": 10}, lambda _: [])

    cost = fire(books.record, tick, ANSWER)
    spool.close()
    return cost


def _dict_each() -> float:
    """Cost of a dict a request, as the public listeners keep until they flush."""
    kept: list[dict[str, Any]] = []

    def handler(**request: Any) -> None:
        kept.append(
            {
                "measurement": "locust_requests",
                "tags": {"name": request["name"], "method": request["request_type"]},
                "time": time_ns(),
                "fields": {
                    "response_time": request["response_time"],
                    "response_length": request["response_length"],
                    "success": request["exception"] is None,
                },
            }
        )

    def tick() -> None:
        for point in kept:
            Point.from_dict(point).to_line_protocol()
        kept.clear()

    return fire(handler, tick, ANSWER)


def _point_each() -> float:
    """Cost of an influxdb-client `Point` a request, encoded at once."""
    lines: list[str] = []

    def handler(**request: Any) -> None:
        point = (
            Point("locust_requests")
            .tag("name", request["name"])
            .tag("method", request["request_type"])
            .field("response_time", request["response_time"])
            .field("response_length", request["response_length"])
        )
        lines.append(point.to_line_protocol())

    return fire(handler, lines.clear, ANSWER)


def measure() -> dict[str, float | str]:
    """Return CPU µs a request of each, and ours as a share of Locust's own; medians of pairs."""
    samples: dict[str, list[float]] = {}
    with TemporaryDirectory() as folder:
        for turn in range(PAIRS):
            (Path(folder) / str(turn)).mkdir()
            nothing = _nothing()
            costs = {
                "ours": _ours(Path(folder) / str(turn)) - nothing,
                "locust": _locust() - nothing,
                "dict_each": _dict_each() - nothing,
                "point_each": _point_each() - nothing,
            }
            costs["ours_over_locust"] = costs["ours"] / costs["locust"]
            costs["none"] = nothing
            for name, cost in costs.items():
                samples.setdefault(name, []).append(cost)
    return {
        (
            "request_event.ours_over_locust" if n == "ours_over_locust" else f"request_event.{n}_us"
        ): round(statistics.median(v), 3)
        for n, v in samples.items()
    }
