"""Points of a real-sized run, as the listener and Telegraf write them.

Four workers with ten endpoints each and 200 lognormal requests a second. Only some seconds differ;
later ones repeat their response times, so that an hour of points is made in seconds.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from swarmscope.line_protocol import Field, line, series
from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.phases import Sums
from swarmscope.recording.points import MINUTE, Encoder
from swarmscope.recording.tallies import AGGREGATED, Tallies
from swarmscope.recording.tally import Key, Raw, Tally
from swarmscope.recording.user_errors import UserError
from tests.fixtures.tallied import tallies_of

RUN = "20261121-120000-abcd"
START = 1_750_003_200
"""On the border of an hour, so that minutes of the run are minutes of the clock."""
WORKERS = 4
ENDPOINTS = 10
RATE = 200
VARIETY = 60
SPAN = 10
"""Seconds between two histograms of an endpoint."""
HOSTS = {"gen": "generator", "web": "target", "db": "target"}
USERS_WANTED = 200
LOAD_STEPS = 30
"""Of a run of ten minutes and more: as many as it can have, and no two of a length."""
LATE_EVERY_S = 60
OTHERS = "shop_orders"
"""What somebody else measures."""
FAILURES = (
    (
        {
            **{"name": "/endpoint/1", "method": "GET"},
            **{"exception": "HTTPError", "status": "500", "reason": "# Server Error"},
        },
        "500 Server Error: at /endpoint/1",
    ),
    (
        {
            **{"name": "/endpoint/2", "method": "GET"},
            **{"exception": "ConnectionRefusedError", "reason": "refused"},
        },
        "[Errno 111] refused",
    ),
)
"""Of each second: tags and a message."""


def answer_ms(rnd: random.Random, endpoint: int) -> float:
    """Return how long an answer of the *endpoint* of this number takes, drawn from *rnd*.

    Ten kinds of endpoints, of 55 to 134 ms: one for each number would soon take longer than there
    are buckets, and all of an endpoint's requests in one bucket cost nothing to read.
    """
    return rnd.lognormvariate(4 + endpoint % 10 / 10, 0.7)


def encoder(worker: int) -> Encoder:
    """Return what encodes the points of one worker."""
    return Encoder({"run": RUN, "worker": f"worker-{worker}"})


@lru_cache(maxsize=3 * VARIETY * WORKERS)
def tallies(seed: int, seconds: int = 1) -> dict[Key, Tally]:
    """Return what a worker's endpoints answered in *seconds*."""
    rnd = random.Random(seed)
    each = RATE // ENDPOINTS * seconds
    found = {}
    for i in range(ENDPOINTS):
        key, failures = (f"/endpoint/{i}", "GET"), i % 3 * seconds
        times = [answer_ms(rnd, i) for _ in range(each)]
        lengths = [rnd.randint(200, 20_000) for _ in range(each)]
        found[key] = Raw(key, times, lengths, failures, {}, times[:failures]).fold()
    return found


def lines(encoder: Encoder, seed: int, now: int) -> list[str]:
    """Return what one worker writes about the second *now*."""
    told = tallies(seed)
    together = tallies_of(told)
    written = [
        *encoder.stats(together, now, 1, 50),
        *encoder.latencies([(AGGREGATED, together.together)], now),
        *encoder.statuses(map(_answered, told, told.values()), now),
        *encoder.users({"Browser": 30, "Buyer": 20}, "count", now),
        worker_line(encoder, now),
    ]
    for tags, message in FAILURES:
        fields: dict[str, Field] = {"count": 3, "message": message}
        written.append(encoder.point("locust_exception_stats", tags, fields, now * 10**9))
    if now % SPAN == 0:
        written += encoder.latencies(tallies(seed, SPAN).items(), now)
        written += _phases(encoder, tallies(seed, SPAN), now)
        written += encoder.totals(together, 10, now * 10**9)
        written.append(log_line(encoder, now))
        error = UserError("Buyer", "KeyError", "shop.py:42 in buy")
        written += encoder.user_errors({error: (1, "KeyError: 'price'")}, now * 10**9)
    return written


def _phases(encoder: Encoder, of: Mapping[Key, Tally], now: int) -> Iterator[str]:
    """Yield where the time of a span's requests went: most of it was waiting."""
    for key, tally in of.items():
        sums = Sums()
        for _ in range(tally.count):
            ms = tally.total / tally.count
            sums.add(0, (0.0, 0.0, 0.75 * ms, 0.25 * ms))
        yield encoder.of_endpoint("locust_phases", key, sums.fields(), now * 10**9)


def merged_lines(seeds: Sequence[int], now: int) -> list[str]:
    """Return what the master merges of the second *now* of workers with these *seeds*."""
    encoder = MergedEncoder({"run": RUN, "worker": "master"})
    together = _merged(seeds).together
    written = list(encoder.merged(AGGREGATED, together, 1, now * 10**9))
    if now % SPAN == 0:
        for key, tally in _merged(seeds, SPAN).endpoints.items():
            written += encoder.merged(key, tally, SPAN, now * 10**9)
    return written


def merged_minute(seeds: Sequence[int], now: int) -> list[str]:
    """Return what the master merges of the minute that begins at *now*."""
    encoder = MergedEncoder({"run": RUN, "worker": "master"})
    of_all = list(_merged(seeds, MINUTE).items())
    return [
        text
        for key, tally in of_all
        for text in encoder.merged(key, tally, MINUTE, now * 10**9, coarse=True)
    ]


def summary_lines(seeds: Sequence[int], seconds: int, now: int) -> list[str]:
    """Return the last summary of a run of so many *seconds*, in which each minute was the same."""
    minute, whole = _merged(seeds, MINUTE), Tallies()
    for _ in range(seconds // MINUTE):
        for key, tally in minute.endpoints.items():
            whole.add(key, tally)
        whole.together.merge(minute.together)
    encoder = MergedEncoder({"run": RUN, "worker": "master"})
    return list(encoder.summaries(list(whole.items()), seconds, now * 10**9))


def _merged(seeds: Sequence[int], seconds: int = 1) -> Tallies:
    merged = Tallies()
    for seed in seeds:
        one = tallies_of(tallies(seed, seconds))
        for key, tally in one.endpoints.items():
            merged.add(key, tally)
        merged.together.merge(one.together)
    return merged


def log_line(encoder: Encoder, now: int) -> str:
    """Return what a worker's log says at the second *now*, as the collector writes it."""
    said: dict[str, Field] = {"message": f"task failed at {now}"}
    tags = {"level": "error", "source": "locust.user.task"}
    return encoder.point("locust_log", tags, said, now * 10**9)


def _answered(key: Key, tally: Tally) -> Raw:
    """Return an endpoint whose failures were answered, too."""
    codes = {200: tally.count - tally.failures, 500: tally.failures}
    return Raw(key, [], [], 0, {code: count for code, count in codes.items() if count})


def lag_ms(now: int, usual: float) -> float:
    """Return how late a worker's loop is at the second *now*, *usual* in all but one a minute.

    A run that never was late wouldn't ask what its machines bore meanwhile.
    """
    return 150.0 if now % LATE_EVERY_S == LATE_EVERY_S // 2 else usual


def load_steps(begin: int, end: int) -> Iterator[tuple[float, int]]:
    """Yield when more users are wanted, s, and how many, from *begin* to *end*."""
    rnd = random.Random(LOAD_STEPS)
    count = max(1, min(LOAD_STEPS, (end - begin) // 20))
    for i in range(count):
        later = rnd.random() / 2 if i else 0.1
        yield begin + (i + later) * (end - begin) / count, USERS_WANTED * (i + 1) // count


def worker_line(encoder: Encoder, now: int, *, final: bool = False) -> str:
    """Return what one worker writes about itself, which after the run is its last word."""
    fields: dict[str, Field] = {
        **{"cpu_percent": 40.5, "loop_lag_ms": lag_ms(now, 1.5), "rss_bytes": 10**8},
        **{
            "requests_locust": now,
            "requests_seen": now,
            "requests_delivered": now,
            "requests_pending": 0,
        },
        **{"requests_rejected": 0, "requests_lost": 0, "spool_bytes": 0},
        **{"points_written": now, "points_retried": 0, "points_rejected": 0, "points_lost": 0},
        **{"clock_offset_ms": 0.5, "clock_corrected_ms": 0.0, "clock_error_ms": 0.25},
        "final": final,
    }
    return encoder.point("locust_worker", {"host": "gen"}, fields, now * 10**9)


def run_lines(begin: int, end: int) -> Iterator[str]:
    """Yield what the master writes from *begin* to *end*, and each worker's last word."""
    yield from master_lines(RUN, begin, end, WORKERS, RATE * WORKERS * (end - begin))
    for worker in range(WORKERS):
        yield worker_line(encoder(worker), end - 1, final=True)


def master_lines(run: str, begin: int, end: int, workers: int, requests: int) -> Iterator[str]:
    """Yield what the master writes about *run*, in which so many workers made so many requests."""
    master = Encoder({"run": run, "worker": "master"})

    def said(event: str, now: float, **fields: Field) -> str:
        tags = {"event": event, "test": "bench"}
        time_ns = round(now * 1_000) * 10**6
        return master.point("locust_run", tags, {"message": event, **fields}, time_ns)

    about: dict[str, Field] = {"label": "nightly", "description": "The new pool of connections."}
    about |= {"host": "http://shop", "commit": "3f2a91c"}
    yield said("start", begin, resolution=1, latency_resolution=SPAN, user_count=0, **about)
    for worker in range(workers):
        yield said("worker_join", begin + worker, subject=f"worker-{worker}")
    for moment, users in load_steps(begin, end):
        yield said("step", moment, user_count=users, spawn_rate=20.0)
    # A board of the last hour alone draws that somebody left.
    yield said("worker_leave", end - 2, subject=f"worker-{workers - 1}")
    yield said("stop", end - 1, user_count=0, requests=requests)
    yield from _audit_lines(run, begin, workers, requests)


def _audit_lines(run: str, begin: int, workers: int, requests: int) -> Iterator[str]:
    """Yield what the master finds of the run."""
    said = f"complete: {requests:,} requests of {workers} workers, each one stored"
    told: dict[str, Field] = {"verdict": "complete", "said": "complete", "line": said}
    told |= {f"requests_{what}": requests for what in ("seen", "stored", "delivered")}
    told |= {f"requests_{what}": 0 for what in ("missing", "rejected", "lost", "pending")}
    told |= {"workers": workers, "findings": 0, "user_errors": 0, "judged_at": begin * 1_000}
    told |= {"generators": "kept up", "generators_line": "each of them kept up"}
    yield line(series("locust_audit", {"run": run}), told, begin * 10**9)
    numbers: dict[str, Field] = {"count": requests, "num_failures": 0}
    numbers |= {"p50": 100.5, "p95": 300.5, "p99": 500.5}
    yield line(series("locust_run_summary", {"run": run}), numbers, begin * 10**9)


def host_lines(now: int) -> Iterator[str]:
    """Yield what Telegraf writes about the second *now*: the hosts, and their services' logs."""
    counter, gauge = now * 1_000, float(now % 100)
    shares: dict[str, Field] = {f"usage_{m}": 1.0 for m in ("user", "system", "iowait", "steal")}
    faults: dict[str, Field] = {
        f"{what}_{way}": now for what in ("err", "drop") for way in ("in", "out")
    }
    for host, role in HOSTS.items():
        measured: tuple[tuple[str, dict[str, str], dict[str, Field]], ...] = (
            ("cpu", {"cpu": "cpu-total"}, {"usage_idle": gauge, **shares}),
            ("mem", {}, {"used_percent": gauge}),
            ("disk", {"path": "/"}, {"used_percent": gauge}),
            ("diskio", {"name": "sda"}, {"read_bytes": counter, "write_bytes": counter}),
            (
                "net",
                {"interface": "eth0"},
                {"bytes_recv": counter, "bytes_sent": counter, **faults},
            ),
            ("system", {}, {"load1": gauge, "n_cpus": 4}),
        )
        for name, tags, fields in measured:
            yield line(series(name, {"host": host, "role": role} | tags), fields, now * 10**9)
    level = "error" if now % 4 else "warning"
    tags = {"service": "shop", "host": "web", "level": level}
    yield line(series("app_log", tags), {"message": f"order {now} refused"}, now * 10**9)


def people_lines(now: int) -> Iterator[str]:
    """Yield what a team itself writes about the second *now*: a number, and sometimes a deploy."""
    orders: dict[str, Field] = {"value": float(now % 7)}
    yield line(series(OTHERS, {"metric_type": "counter"}), orders, now * 10**9)
    if now % 600 == 0:
        yield line(series("event", {"kind": "deploy"}), {"text": f"shop {now}"}, now * 10**9)


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
