"""Thresholds of a run of Locust's, beside what its single requests say: SWARMSCOPE_RAW_REQUESTS.

The witness counts and sorts the requests that were written one by one, in stretches that it cuts
itself. A histogram's bucket is all that a percentile may be off by.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from fractions import Fraction
from math import ceil, comb, floor, inf, log
from typing import Any, NamedTuple

import pytest
from tests.fixtures.locusts import LISTENER, SCENARIOS, locusts
from tests.fixtures.stores import Store

from swarmscope.gate.evaluation import Outcome, Result
from swarmscope.gate.judgement import _Sources
from swarmscope.gate.thresholds_file import given
from swarmscope.runs.arrivals import Arrivals
from swarmscope.store.question import Question

pytestmark = pytest.mark.long

RUN = "thresholds-of-requests"
FILES = (SCENARIOS / "mixed_times.py", SCENARIOS / "two_stages.py", LISTENER)
WORKERS = 2
SPAN_S = 2
"""Of an endpoint's histograms; those of all together are of a second each."""
WIDTH = 1.0206
"""A bucket is 2 % wide, and its bound has four digits."""
PERCENTILES = ("p50", "p75", "p90", "p95", "p99", "p99.9")
SATISFIED_MS = 100
METRICS = {
    **dict.fromkeys((*PERCENTILES, "avg", "max", "min"), "< 1h"),
    **dict.fromkeys(("requests", "failures"), "< 999999"),
    "failure_rate": "< 99%",
    "requests_per_second": ">= 0.001/s",
    f"apdex({SATISFIED_MS}ms)": ">= 0.001",
    f"0.01% under {SATISFIED_MS}ms": "",
}
"""With a limit that every run keeps, so that the worst of all stretches is told; of those that may
not fall below theirs a stretch breaks it that has none at all, than which none is worse."""
SHARES = ("failure_rate", "apdex", "0.01%", "70%")
AT_LEAST = tuple(list(METRICS)[-3:])
TIMES = ("", " within 4s", " over 4s", " for 2s", " in the last 6s")
NAMES = ("/items", "/items/[id]", "/pay", "/socket")


class Asked(NamedTuple):
    """A request, as it was written by itself."""

    at: float
    worker: str
    endpoint: tuple[str, str]
    ms: float | None
    failed: bool


@dataclass(frozen=True)
class Played:
    """The run: its requests, when it began and ended, its stages, and what sentences come to."""

    requests: Sequence[Asked]
    start: float
    stop: float
    stages: Sequence[tuple[float, float]]
    held: Callable[[list[str]], list[list[Result]]]


@pytest.fixture(scope="module")
def played(any_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Played:
    raw = {"SWARMSCOPE_RAW_REQUESTS": "on", "SWARMSCOPE_LATENCY_RESOLUTION": f"{SPAN_S}s"}
    env = {**any_store.env, "SWARMSCOPE_RUN_ID": RUN, **raw}
    with locusts(tmp_path_factory.mktemp("played"), env) as swarm:
        options = ("--headless", "--only-summary", "--expect-workers", str(WORKERS))
        master = swarm.master(*options, "--exit-code-on-error", "0", files=FILES)
        for process in (*(swarm.worker(files=FILES) for _ in range(WORKERS)), master):
            assert swarm.wait(process) == 0, swarm.log(process)
    return read(any_store)


def read(store: Store) -> Played:
    events = store.reader.ask(Question("run_events", RUN)).records()
    times = {word: [e["time"] / 1_000 for e in events if e["event"] == word] for word in WORDS}
    (start,), (stop,), (_, second) = times.values()

    def held(sentences: list[str]) -> list[list[Result]]:
        wanted = given(sentences, [])
        sources = _Sources(store.reader, RUN, int(start * 1_000), Arrivals(), wanted)
        return [list(sources.results(rule)) for rule in wanted.rules]

    requests = list(singles(store))
    # What was on its way when the run was stopped is a part of it, and so is its second.
    last = floor(max(one.at for one in requests))
    stop = last + 1 if last >= stop else stop
    return Played(requests, start, stop, ((start, second), (second, stop)), held)


WORDS = ("start", "stop", "step")


def singles(store: Store) -> Iterator[Asked]:
    """Yield each request that was written by itself."""
    points: dict[tuple[int, str], dict[str, Any]] = {}
    for row in store.reader.ask(Question("points", RUN)).records():
        if row["measurement"] == "locust_request":
            one = points.setdefault((row["time_ns"], row["tags"]), json.loads(row["tags"]))
            one[f"field {row['field']}"] = row["number"]
    for (at, _), one in points.items():
        endpoint = one["name"], one.get("method", "")
        ms, failed = one.get("field response_time"), one["result"] == "failure"
        yield Asked(at / 1e9, one["worker"], endpoint, ms, failed)


def stretches(
    start: float, stop: float, step: int, time: str, played: Played
) -> list[tuple[float, float, float]]:
    """Cut what lies between *start* and *stop* into what docs/thresholds.md says of *time*.

    In windows of *step* s, at whole multiples of the clock. Of each stretch where its windows
    begin and end, and how much of it lies in the run, s.
    """
    words = time.split()
    word, seconds = (words[0], int(words[-1].rstrip("s"))) if words else ("", 0)
    # "A window that a warm-up or a stage cuts is left out", and one that the run cuts is a part.
    if start > played.start + 0.01:
        start = ceil(start / step) * step
    if stop < played.stop - 0.01:
        stop = floor(stop / step) * step
    begins = list(range(floor(start / step) * step, ceil(stop), step))
    if word == "in":
        # "It goes back to the begin of the window that it cuts."
        begins = [begin for begin in begins if begin + step > stop - seconds]
    # "Times in between are rounded up."
    many = {"for": 1, "within": ceil(seconds / step), "over": ceil(seconds / step)}.get(word)
    many = many or len(begins)
    rows = [begins[at : at + many] for at in range(len(begins) - many + 1)]
    found = [
        (row[0], row[-1] + step, min(row[-1] + step, stop) - max(row[0], start)) for row in rows
    ]
    if word == "over":
        return [one for one in found if start <= one[0] and one[1] <= stop]
    if word == "for":  # "of a window that the run cuts to less than half nothing is told"
        return [one for one in found if 2 * one[2] >= step]
    return found


def bounds(metric: str, some: Sequence[Asked], seconds: float) -> tuple[float, float] | None:
    """Return between which values *metric* of *some* requests lies; None: nobody can tell."""
    times = sorted(one.ms for one in some if one.ms is not None)
    failed = sum(one.failed for one in some)
    if metric in {"requests", "failures", "requests_per_second"}:
        exact = float(failed if metric == "failures" else len(some))
        # Ends that are a run's or a stage's have milliseconds.
        per_second = metric == "requests_per_second"
        longer, shorter = (seconds + 0.002, seconds - 0.002) if per_second else (1, 1)
        return exact / longer, exact / shorter
    if metric.startswith(SHARES):
        return shares(metric, some, failed)
    if not times:
        return None
    if not metric.startswith("p"):
        value = {"avg": sum(times) / len(times), "max": times[-1], "min": times[0]}[metric]
        return around(value)
    share = float(metric[1:]) / 100
    if len(times) < ceil(log(0.05) / log(max(share, 1 - share))):
        return None
    rank = share * len(times)
    low, high = (times[min(len(times) - 1, max(0, int(rank) + i))] for i in (-1, 1))
    return low / WIDTH, high * WIDTH


def shares(metric: str, some: Sequence[Asked], failed: int) -> tuple[float, float] | None:
    """Return `bounds` of what is a part of all."""
    ms = float(re.findall(r"(\d+)ms", metric)[0]) if "ms" in metric else 0
    limits, of = (ms / WIDTH, ms * WIDTH), len(some)
    parts = [float(failed)] * 2
    if "under" in metric:
        parts = [quick(some, limit) for limit in limits]
    elif ms:
        # Who succeeds and has no response time is in no score.
        of = failed + quick(some, inf)
        parts = [(quick(some, limit) + quick(some, 4 * limit)) / 2 for limit in limits]
    return (parts[0] / of, parts[1] / of) if of else None


def around(value: float) -> tuple[float, float]:
    """Return what is rounded to it."""
    return value - 0.001, value + 0.001


def quick(some: Sequence[Asked], ms: float) -> int:
    """Return how many of *some* succeeded within so many *ms*."""
    return sum(one.ms is not None and one.ms <= ms and not one.failed for one in some)


def agree(played: Played, metric: str, time: str, scope: str, one: Result) -> bool:
    """Hold *one* result against single requests; return whether it could be told."""
    start, stop = played.start, played.stop
    if scope.startswith(" in stage"):
        start, stop = played.stages[int(scope[-1]) - 1]
    step = SPAN_S if scope.startswith(" of") else 1
    own = [r for r in played.requests if belongs(r, one, scope)]
    parts = stretches(start, stop, step, time, played)
    each = [
        bounds(metric, [r for r in own if low <= r.at < high], seconds)
        for low, high, seconds in parts
    ]
    known = [pair for pair in each if pair]
    if not known:
        assert one.outcome is Outcome.UNKNOWN, one
        return False
    worst = min if metric in AT_LEAST else max
    low, high = (worst(pair[i] for pair in known) for i in (0, 1))
    assert one.value is not None, one
    assert low - 1e-9 <= one.value <= high + 1e-9, one
    return True


def belongs(request: Asked, result: Result, scope: str) -> bool:
    """Whether *request* is one of those that *scope* names, and *result* is about."""
    if result.endpoint:
        return request.endpoint == result.endpoint
    if scope.startswith(" of glob"):
        return fnmatchcase(request.endpoint[0], scope.split('"')[1])
    if scope.startswith(" of matching"):
        return request.endpoint[0].startswith("/items")
    if '"' in scope:
        return request.endpoint[0] == scope.split('"')[1]
    return True


SCOPES = (
    *("", " of each endpoint", ' of "/items"', ' of POST "/pay"', ' of glob "/*s"'),
    *(' of matching "^/items"', " in stage 1", " in stage 2"),
)
SCOPES_OF_WORKERS = ("", " of each endpoint")


@pytest.mark.long_sample(3)
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("time", TIMES)
def test_each_metric_in_each_stretch_of_each_scope(played: Played, time: str, scope: str) -> None:
    endpoints = {one.endpoint for one in played.requests}
    found = played.held([f"{metric} {limit}{scope}{time}" for metric, limit in METRICS.items()])
    for metric, results in zip(METRICS, found, strict=True):
        if " each " in scope:
            assert {one.endpoint for one in results} == endpoints
        told = [agree(played, metric, time, scope, one) for one in results]
        assert any(told) or metric in {"p99", "p99.9"}


@pytest.mark.long_sample(3)
@pytest.mark.parametrize("scope", SCOPES_OF_WORKERS)
@pytest.mark.parametrize("time", TIMES)
def test_each_metric_of_each_worker(played: Played, time: str, scope: str) -> None:
    workers = {one.worker for one in played.requests}
    assert len(workers) == WORKERS
    for worker in workers:
        own = replace(played, requests=[r for r in played.requests if r.worker == worker])
        tag = f'{{worker="{worker}"}}'
        found = played.held([f"{name}{tag} {METRICS[name]}{scope}{time}" for name in METRICS])
        for metric, results in zip(METRICS, found, strict=True):
            told = [agree(own, metric, time, scope, one) for one in results]
            assert any(told) or metric in {"p99", "p99.9"}


@pytest.mark.long_sample(3)
@pytest.mark.parametrize("scope", SCOPES)
def test_that_there_were_so_many_is_asked_of_whole_stretches(played: Played, scope: str) -> None:
    """What the run's ends cut has fewer: `within` tells here what `over` does."""
    time, metric = " within 4s", "requests"
    within, over = played.held([f"{metric} >= 1{scope}{word}" for word in (time, " over 4s")])
    assert within
    assert [(one.endpoint, one.value) for one in within] == [
        (one.endpoint, one.value) for one in over
    ]
    for one in within:
        start, stop = played.start, played.stop
        if scope.startswith(" in stage"):
            start, stop = played.stages[int(scope[-1]) - 1]
        step = SPAN_S if scope.startswith(" of") else 1
        own = [r.at for r in played.requests if belongs(r, one, scope)]
        whole = [part for part in stretches(start, stop, step, time, played) if part[2] >= 4]
        least = min(sum(low <= at < high for at in own) for low, high, _ in whole)
        assert one.value == least


LIMITS_MS = (5, 20, 60, 150, 400, 1_000)


@pytest.mark.long_sample(3)
@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("time", ["", " within 2s", " over 2s", " for 1s", " in the last 2s"])
def test_few_requests_break_a_percentile_where_chance_does_not_explain_them(
    played: Played, time: str, scope: str
) -> None:
    asked = [(share, limit) for share in (75, 95, 99) for limit in LIMITS_MS]
    found = played.held([f"p{share} < {limit}ms{scope}{time}" for share, limit in asked])
    for (share, limit), results in zip(asked, found, strict=True):
        for one in results:
            start, stop = played.start, played.stop
            if scope.startswith(" in stage"):
                start, stop = played.stages[int(scope[-1]) - 1]
            step = SPAN_S if scope.startswith(" of") else 1
            own = [r for r in played.requests if belongs(r, one, scope)]
            cuts = stretches(start, stop, step, time, played)
            some = ([r for r in own if low <= r.at < high] for low, high, _ in cuts)
            told = [broken(share, limit, each) for each in some]
            if (True, True) in told:
                assert one.outcome is Outcome.BROKEN, (share, limit, one)
            elif not any(True in pair for pair in told):
                known = any(pair != (None, None) for pair in told)
                unsure = any(None in pair and pair != (None, None) for pair in told)
                right = Outcome.KEPT if known else Outcome.UNKNOWN
                assert unsure or one.outcome is right, (share, limit, one)


def broken(share: int, ms: float, some: Sequence[Asked]) -> tuple[bool | None, bool | None]:
    """Return whether *some* requests break ``p95 < 300ms``, at least and at most; None: unknown."""
    times = [one.ms for one in some if one.ms is not None]
    between = bounds(f"p{share}", some, 1)
    if between:
        return between[0] >= ms, between[1] >= ms
    # "Were the limit kept each took longer with 5 % at most, and so many or more of them in less
    # than one of 1,000 cases."
    slow, n = Fraction(100 - share, 100), len(times)
    tails = [
        sum(comb(n, k) * slow**k * (1 - slow) ** (n - k) for k in range(above, n + 1))
        for above in (sum(one > ms * width for one in times) for width in (WIDTH, 1 / WIDTH))
    ]
    low, high = (True if tail < Fraction(1, 1_000) else None for tail in tails)
    return low, high


def test_an_objective_is_broken_where_fewer_single_requests_keep_it(played: Played) -> None:
    limits = (20, 50, 100, 200, 400, 800, 1_600)
    found = played.held([f"70% under {limit}ms" for limit in limits])
    for limit, (one,) in zip(limits, found, strict=True):
        low, high = bounds(f"70% under {limit}ms", played.requests, 0) or (0, 0)
        assert high < 0.7 or low >= 0.7, "the limit is told from what there was"
        assert one.outcome is (Outcome.KEPT if low >= 0.7 else Outcome.BROKEN), one
    outcomes = {one.outcome for (one,) in found}
    assert outcomes == {Outcome.KEPT, Outcome.BROKEN}


def test_there_was_enough_to_ask_for(played: Played) -> None:
    assert len(played.requests) > 3_000
    assert {one.endpoint[0] for one in played.requests} == set(NAMES)
    assert sum(one.failed for one in played.requests) > 50
