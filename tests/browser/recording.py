"""A run that a test writes itself, over HTTP, as line protocol: second by second."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from swarmscope import line_protocol, schema
from swarmscope.line_protocol import Field
from swarmscope.recording import histogram

NS = 1_000_000_000


def ask(url: str, query: str, **parameters: object) -> list[dict[str, Any]]:
    """Return the store's own answer, as rows by column."""
    with urlopen(f"{url}/api/queries/{query}?{urlencode(parameters)}", timeout=30) as response:
        table = json.load(response)
    return [dict(zip(table["columns"], row, strict=True)) for row in table["rows"]]


@dataclass
class Recording:
    """Writes the run *run* to the store at *url*; seconds count from *began* (s since 1970)."""

    url: str
    run: str
    began: int
    test: str = "shop"
    held: list[str] | None = None
    counted: Counter[tuple[str, tuple[str, str]]] = field(default_factory=Counter)
    """Requests by worker and endpoint."""

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Post everything that is written meanwhile in one request."""
        self.held = []
        yield
        held, self.held = self.held, None
        self.write(held)

    def write(self, lines: Sequence[str]) -> None:
        """Post *lines*; the store must take all of them."""
        if self.held is not None:
            self.held.extend(lines)
            return
        target = f"{self.url}/api/v2/write?org=swarmscope&bucket={schema.BUCKET}&precision=ns"
        body = gzip.compress("\n".join(lines).encode(), 1)
        request = Request(target, body, {"Content-Encoding": "gzip"}, method="POST")
        with urlopen(request, timeout=30) as response:
            assert response.status == 204

    def point(
        self, measurement: str, tags: Mapping[str, str], fields: Mapping[str, Field], second: float
    ) -> str:
        series = line_protocol.series(measurement, tags)
        return line_protocol.line(series, fields, round((self.began + second) * NS))

    def event(self, event: str, second: float, **fields: Field) -> None:
        tags = {"run": self.run, "worker": schema.MASTER, "event": event, "test": self.test}
        self.write([self.point("locust_run", tags, {"message": event, **fields}, second)])

    def start(self, users: int = 10) -> None:
        self.event("start", 0, user_count=users, host="http://shop.example")

    def requests(
        self,
        second: int,
        times: Mapping[tuple[str, str], Sequence[float]],
        *,
        worker: str = "worker-0",
        failures: Mapping[tuple[str, str], int] | None = None,
        failed_ms: float | None = None,
    ) -> None:
        """Write a second in which each endpoint answered within *times* (ms).

        Failures took *failed_ms*, or nobody told them apart.
        """
        failed = dict(failures or {})
        lines = []
        together = {(schema.AGGREGATED, ""): [ms for own in times.values() for ms in own]}
        failed[schema.AGGREGATED, ""] = sum(failed.values())
        for endpoint, own in {**times, **together}.items():
            tags = {"run": self.run, "worker": worker, "name": endpoint[0], "method": endpoint[1]}
            counts = Counter(map(histogram.index, own))
            stats: dict[str, Field] = {
                "count": len(own),
                "num_failures": failed.get(endpoint, 0),
                "avg_response_time": sum(own) / len(own),
                "min_response_time": float(min(own)),
                "max_response_time": float(max(own)),
                "total_response_time": float(sum(own)),
                "avg_content_length": 100.0,
                "total_content_length": 100 * len(own),
                "current_rps": float(len(own)),
                "current_fail_per_sec": float(failed.get(endpoint, 0)),
                "current_user_count": 5,
            }
            lines.append(self.point("locust_stats", tags, stats, second))
            series = line_protocol.series("locust_latency", tags)
            lines.append(f"{series} {histogram.encode(counts)} {round((self.began + second) * NS)}")
            if failed_ms is not None and failed.get(endpoint):
                bad = histogram.encode({histogram.index(failed_ms): failed[endpoint]})
                series = line_protocol.series("locust_failed_latency", tags)
                lines.append(f"{series} {bad} {round((self.began + second) * NS)}")
            self.counted[worker, endpoint] += len(own)
            if endpoint in times:
                lines += self._answers(second, tags, len(own), failed.get(endpoint, 0))
        self.write(lines)

    def _answers(
        self, second: int, tags: Mapping[str, str], requests: int, failures: int
    ) -> list[str]:
        return [
            self.point("locust_status", {**tags, "status": status}, {"count": count}, second)
            for status, count in (("200", requests - failures), ("503", failures))
            if count
        ]

    def failure(self, second: int, endpoint: tuple[str, str], message: str) -> None:
        tags = {
            "run": self.run,
            "worker": "worker-0",
            "name": endpoint[0],
            "method": endpoint[1],
            "exception": "HTTPError",
            "status": "503",
            "reason": message,
        }
        fields: dict[str, Field] = {"count": 1, "message": message}
        self.write([self.point("locust_exception_stats", tags, fields, second)])

    def user_error(self, second: int, exception: str, place: str, count: int) -> None:
        tags = {
            "run": self.run,
            "worker": "worker-0",
            "user_class": "Shopper",
            "exception": exception,
            "place": place,
        }
        fields: dict[str, Field] = {
            "count": count,
            "message": f"Traceback\n  ...\n{exception}: 'x'",
        }
        self.write([self.point("locust_user_error", tags, fields, second)])

    def users(self, second: int, counts: Mapping[str, int], worker: str = "worker-0") -> None:
        self.write(
            [
                self.point(
                    "locust_users",
                    {"run": self.run, "worker": worker, "user_class": name},
                    {"count": count},
                    second,
                )
                for name, count in counts.items()
            ]
        )

    def health(self, second: float, *, worker: str = "worker-0", **fields: Field) -> None:
        """Write a worker's account of itself; what isn't in *fields* is in order."""
        own = {name: n for (who, name), n in self.counted.items() if who == worker}
        seen = own.get((schema.AGGREGATED, ""), 0)
        account: dict[str, Field] = {
            "cpu_percent": 20.0,
            "rss_bytes": 90_000_000,
            "loop_lag_ms": 3.0,
            "clock_offset_ms": 0.5,
            "clock_corrected_ms": 0.0,
            "clock_error_ms": 0.5,
            "requests_seen": seen,
            "requests_delivered": seen,
            "requests_rejected": 0,
            "requests_lost": 0,
            "requests_pending": 0,
            "spool_bytes": 0,
        }
        tags = {"run": self.run, "worker": worker, "host": "gen-a"}
        self.write([self.point("locust_worker", tags, {**account, **fields}, second)])
        if fields.get("final"):
            told = int(fields.get("requests_seen", seen)) - seen
            for i, ((name, method), n) in enumerate(own.items()):
                named = {"run": self.run, "worker": worker, "name": name, "method": method}
                # What isn't stored is all of the first endpoint.
                totals: dict[str, Field] = {"count": n if i else n + told, "num_failures": 0}
                self.write([self.point("locust_entry_point_stats", named, totals, second)])

    def host(self, second: int, cpu: float, memory: float, sent: int, host: str = "gen-a") -> None:
        """Write a machine's metrics; *sent* counts bytes since boot on eth0."""
        tags = {"host": host, "role": "generator"}
        self.write(
            [
                self.point(
                    "cpu", {**tags, "cpu": "cpu-total"}, {"usage_idle": 100.0 - cpu}, second
                ),
                self.point("mem", tags, {"used_percent": memory}, second),
                self.point(
                    "net",
                    {**tags, "interface": "eth0"},
                    {"bytes_recv": sent // 2, "bytes_sent": sent},
                    second,
                ),
                self.point(
                    "diskio",
                    {**tags, "name": "sda"},
                    {"read_bytes": 0, "write_bytes": sent * 3},
                    second,
                ),
            ]
        )


HOME = ("/", "GET")
CHECKOUT = ("/checkout", "POST")


def write_small_run(recording: Recording, seconds: int = 30, *, stop: bool = True) -> None:
    """Write a run of two endpoints, growing slower, on a machine growing busier."""
    with recording.at_once():
        _write_seconds(recording, seconds, stop)
        recording.failure(3, CHECKOUT, "503 for /checkout")
        recording.event("step", 10, user_count=20)
        if stop:
            recording.event("stop", seconds)


def _write_seconds(recording: Recording, seconds: int, stop: bool) -> None:
    recording.start()
    for second in range(seconds):
        recording.requests(
            second,
            {HOME: [5.0 + second, 8.0, 9.5], CHECKOUT: [40.0 + 3 * second, 300.0]},
            failures={CHECKOUT: second % 2},
        )
        recording.users(second, {"Browser": 7, "Buyer": 3})
        recording.health(second, final=stop and second == seconds - 1)
        recording.host(second, cpu=10.0 + 2 * second, memory=40.0, sent=1_000 * second)


def run_url(recording: Recording) -> str:
    """Return where the live page shows *recording*."""
    return f"{recording.url}/?run={recording.run}"
