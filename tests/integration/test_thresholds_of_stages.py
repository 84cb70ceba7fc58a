"""Thresholds of a load that goes `peak`, `rest`, `peak`, in both stores, beside its requests.

Each second has so many requests as it has a number, and in the second after the stop there is one
more: what was on its way then.
"""

import pytest
from tests.fixtures.stores import Store

from swarmscope.gate.evaluation import Result, evaluate
from swarmscope.gate.judgement import _Sources
from swarmscope.gate.source import course_of
from swarmscope.gate.thresholds_file import given
from swarmscope.runs.arrivals import Arrivals
from swarmscope.settings import Settings
from swarmscope.store.write import post

RUN = "waves"
T0 = 1_780_000_000
SPAN = 10
STAGES = ((0, "rest"), (10, "peak"), (20, "rest"), (40, "peak"))
STOPPED = 59.6
SECONDS = {second: second for second in range(60)} | {60: 1}


def _at(second: float) -> int:
    return T0 * 10**9 + round(second * 10**9)


def _event(event: str, at: float, fields: str = "") -> str:
    return f'locust_run,run={RUN},worker=master,event={event} message="said"{fields} {_at(at)}'


def _stats(name: str, second: int, count: int) -> str:
    values = f"count={count}i,num_failures=0i,min_response_time=10,max_response_time=10"
    total = f"total_response_time={10 * count}"
    return f"locust_stats,run={RUN},worker=worker-0,name={name} {values},{total} {_at(second)}"


def _latency(name: str, second: int, count: int) -> str:
    return (
        f"locust_latency,run={RUN},worker=worker-0,name={name} 9.902=0i,10.1={count}i {_at(second)}"
    )


def lines() -> list[str]:
    steps = [
        _event("step", at, f',user_count={3 + n % 2}i,stage="{name}"')
        for n, (at, name) in enumerate(STAGES)
    ]
    written = [
        _event("start", 0, f",resolution=1i,latency_resolution={SPAN}i"),
        *steps,
        _event("stop", STOPPED),
    ]
    for second, count in SECONDS.items():
        if count:
            written += [_stats("Aggregated", second, count), _stats("/a", second, count)]
            written.append(_latency("Aggregated", second, count))
    for begin in range(0, 61, SPAN):
        written.append(_latency("/a", begin, sum(map(_count, range(begin, begin + SPAN)))))
    return written


def _count(second: int) -> int:
    return SECONDS.get(second, 0)


def between(*spans: tuple[int, int]) -> int:
    return sum(_count(second) for span in spans for second in range(*span))


@pytest.fixture(scope="module")
def store(any_store: Store) -> Store:
    post(lines(), Settings.from_env(any_store.env), what="a run in waves", data="")
    return any_store


def result(store: Store, sentence: str) -> Result:
    wanted = given([sentence], [])
    rule = wanted.rules[0]
    (found,) = _Sources(store.reader, RUN, T0 * 1_000, Arrivals(), wanted).results(rule)
    # What is read for it alone is what all windows say.
    course = course_of(store.reader, RUN, T0 * 1_000, endpoints=True)
    (right,) = evaluate(rule.threshold, course)
    assert (found.outcome, found.value, found.why) == (right.outcome, right.value, right.why)
    return found


@pytest.mark.sample(2)
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(
    ("sentence", "spans"),
    [
        ('requests < 1 in stage "peak"', [(10, 20), (40, 61)]),
        ('requests of "/a" < 1 in stage "peak"', [(10, 20), (40, 61)]),
        ("requests < 1 in stage 2", [(10, 20)]),
        ("requests < 1 in stage 4", [(40, 61)]),
        ('requests < 1 in stage "rest"', [(0, 10), (20, 40)]),
        ('requests of "/a" < 1 in stage "peak" in the last 45s', [(10, 20), (40, 61)]),
        ('requests of "/a" < 1 in the last 5s', [(50, 61)]),
        ('requests of "/a" < 1 in the last 1s', [(60, 61)]),
        ("requests < 1 in the last 5s", [(56, 61)]),
        ('requests < 1 in stage "peak" within 30s', [(40, 61)]),
        ('requests of "/a" < 1 in stage "peak" over 10s', [(50, 60)]),
    ],
)
def test_what_is_looked_at_is_what_the_guide_says(
    store: Store, sentence: str, spans: list[tuple[int, int]]
) -> None:
    assert result(store, sentence).value == between(*spans)


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("of", ["", ' of "/a"'])
def test_what_takes_histograms_is_read_of_both_times(store: Store, of: str) -> None:
    """The two peaks are asked for one after the other."""
    rate = result(store, f'requests_per_second{of} < 1/s in stage "peak"')
    assert rate.value == pytest.approx(between((10, 20), (40, 61)) / 31, rel=0.001)
    for sentence in (f'p99{of} < 1s in stage "peak"', f'apdex(5ms){of} > 0.1 in stage "peak"'):
        assert result(store, sentence).value == pytest.approx(
            10 if "p99" in sentence else 0.5, 0.02
        )
