"""Points of a real-sized run, as the listener and Telegraf write them.

Four workers with ten endpoints each and 200 lognormal requests a second. Only some seconds differ;
later ones repeat their response times, so that an hour of points is made in seconds.
"""

import random
from collections.abc import Callable, Iterator

from swarmscope.line_protocol import line, series
from swarmscope.points import Encoder
from swarmscope.window import Key, Raw, Tally

RUN = "20261121-120000-abcd"
START = 1_750_003_200
"""On the border of an hour, so that minutes of the run are minutes of the clock."""
WORKERS = 4
ENDPOINTS = 10
RATE = 200
VARIETY = 60
HOSTS = {"gen": "generator", "web": "target", "db": "target"}


def encoder(worker: int) -> Encoder:
    """Return what encodes the points of one worker."""
    return Encoder({"run": RUN, "worker": f"worker-{worker}"})


def tallies(seed: int, seconds: int = 1) -> dict[Key, Tally]:
    """Return what a worker's endpoints answered in *seconds*."""
    rnd = random.Random(seed)
    each = RATE // ENDPOINTS * seconds
    return {
        (f"/endpoint/{i}", "GET"): Raw(
            (f"/endpoint/{i}", "GET"),
            [rnd.lognormvariate(4 + i / 10, 0.7) for _ in range(each)],
            [rnd.randint(200, 20_000) for _ in range(each)],
            i % 3 * seconds,
        ).fold()
        for i in range(ENDPOINTS)
    }


def lines(encoder: Encoder, tallies: dict[Key, Tally], now: int) -> list[str]:
    """Return what one worker writes about the second *now*."""
    written = [
        *encoder.stats(tallies, now, 1, 50),
        *encoder.users({"Browser": 30, "Buyer": 20}, "count", now),
        encoder.point(
            "locust_worker",
            {"host": "gen"},
            {
                **{"cpu_percent": 40.5, "loop_lag_ms": 1.5, "rss_bytes": 10**8},
                **{"requests_seen": now, "requests_delivered": now, "points_written": now},
                **{"clock_offset_ms": 0.5, "clock_error_ms": 0.25, "final": False},
            },
            now * 10**9,
        ),
        encoder.point(
            "locust_exception_stats",
            {"name": "/endpoint/1", "method": "GET", "exception": "HTTPError", "status": "500"},
            {"count": 3, "message": "500 Server Error"},
            now * 10**9,
        ),
    ]
    if now % 10 == 0:
        written += encoder.totals(tallies, 10, now * 10**9)
    return written


def start_lines() -> list[str]:
    """Return what the master writes when the run starts."""
    master = Encoder({"run": RUN, "worker": "master"})
    start = {"event": "start", "test": "bench"}
    told = {"message": "start", "resolution": 1, "user_count": 200, "host": "http://shop"}
    return [master.point("locust_run", start, told, START * 10**9)]


def host_lines(now: int) -> Iterator[str]:
    """Yield what Telegraf writes about the second *now*."""
    counter, gauge = now * 1_000, float(now % 100)
    for host, role in HOSTS.items():
        for name, tags, fields in (
            ("cpu", {"cpu": "cpu-total"}, {"usage_idle": gauge, "usage_iowait": 1.0}),
            ("mem", {}, {"used_percent": gauge}),
            ("diskio", {"name": "sda"}, {"read_bytes": counter, "write_bytes": counter}),
            ("net", {"interface": "eth0"}, {"bytes_recv": counter, "bytes_sent": counter}),
            ("system", {}, {"load1": gauge, "n_cpus": 4}),
        ):
            yield line(series(name, {"host": host, "role": role} | tags), fields, now * 10**9)


def repeated(made: Callable[[int, int], list[str]]) -> Callable[[int, int], list[str]]:
    """Return *made* (of a worker and a time), with each of its answers used again at other times.

    Encoding is what takes the time; a line's time is its last word.
    """
    templates: dict[tuple[int, int], list[str]] = {}

    def lines_at(worker: int, now: int) -> list[str]:
        which = (worker, now % VARIETY)
        if which not in templates:
            templates[which] = [text.rpartition(" ")[0] for text in made(*which)]
        return [f"{text} {now}000000000" for text in templates[which]]

    return lines_at
