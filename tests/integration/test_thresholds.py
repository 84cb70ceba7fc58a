"""Thresholds of the recorded run in both stores, beside what its single requests say."""

from collections.abc import Callable, Sequence
from statistics import fmean

import pytest
from tests.fixtures import encoded, recorded, recorded_arrivals, surroundings
from tests.fixtures.recorded import T0, Request
from tests.fixtures.server_process import swarmscope
from tests.fixtures.stores import Store

from swarmscope import schema
from swarmscope.errors import ExitCode
from swarmscope.gate.course import Course
from swarmscope.gate.evaluation import Outcome, Result, evaluate
from swarmscope.gate.field_evaluation import evaluate_field
from swarmscope.gate.fields import Fields
from swarmscope.gate.judgement import _Sources
from swarmscope.gate.metrics import Field
from swarmscope.gate.sentences import read
from swarmscope.gate.source import course_of
from swarmscope.gate.thresholds_file import given
from swarmscope.runs.arrivals import Arrivals
from swarmscope.runs.audit import audit
from swarmscope.settings import Settings
from swarmscope.store.question import Question
from swarmscope.store.write import post

WIDTH = 1.0206
"""A bucket is 2 % wide, and its bound has four digits."""
ENDPOINTS = sorted({request.endpoint for request in recorded.of_run()})
START = T0 * 1_000
SECONDS = recorded.EVENTS[-1].ms / 1_000
assert max(r.second for r in recorded.of_run()) <= SECONDS


@pytest.fixture(scope="module")
def course(any_store: Store) -> Course:
    """The recorded run, as a store tells it."""
    settings = Settings.from_env(any_store.env)
    gauges = [text for text in surroundings.lines() if text.startswith("app_gauges")]
    post([*encoded.lines(), *gauges], settings, what="the recorded run", data="")
    return course_of(any_store.reader, recorded.RUN, START, endpoints=True)


def result(course: Course, sentence: str, warm_up: int = 0) -> Result:
    (found,) = evaluate(read(sentence), course, warm_up)
    return found


def times(requests: Sequence[Request]) -> list[float]:
    return sorted(r.time_ms for r in requests if r.time_ms is not None)


def of(endpoint: tuple[str, str]) -> list[Request]:
    return [r for r in recorded.of_run() if r.endpoint == endpoint]


def quoted(endpoint: tuple[str, str]) -> str:
    name, method = endpoint
    text = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'{method} "{text}"' if method.isupper() and method.isalpha() else f'"{text}"'


def test_counts_are_exact(course: Course) -> None:
    ours = recorded.of_run()
    failures = sum(r.failure is not None for r in ours)
    assert result(course, "requests > 0").value == len(ours)
    assert result(course, "failures < 1").value == failures
    assert result(course, "failure_rate < 1%").value == failures / len(ours)
    assert result(course, "max < 1s").value == max(times(ours))
    assert result(course, "min < 1s").value == min(times(ours))
    mean = sum(times(ours)) / len(times(ours))
    assert result(course, "avg < 1s").value == pytest.approx(mean, abs=0.001)
    per_second = len(ours) / SECONDS
    assert result(course, "requests_per_second > 1/s").value == pytest.approx(per_second)


@pytest.mark.sample(4)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_an_endpoint_s_are_its_own(course: Course, endpoint: tuple[str, str]) -> None:
    own = of(endpoint)
    found = {one.endpoint: one for one in evaluate(read("requests > 0 of each endpoint"), course)}
    assert found[endpoint].value == len(own)
    found = {one.endpoint: one for one in evaluate(read("max < 1s of each endpoint"), course)}
    assert found[endpoint].value == max(times(own), default=None)


@pytest.mark.sample(4)
@pytest.mark.parametrize("percent", [95, 10, 50, 90])
def test_percentiles_are_within_a_bucket(course: Course, percent: int) -> None:
    for sentence, own in (
        (f"p{percent} < 1s", recorded.of_run()),
        *((f"p{percent} < 1s of {quoted(one)}", of(one)) for one in ENDPOINTS),
    ):
        for found in evaluate(read(sentence), course):
            if found.outcome is Outcome.UNKNOWN:
                continue
            known, rank = times(own), percent / 100 * len(times(own))
            low, high = (known[min(len(known) - 1, max(0, int(rank) + i))] for i in (-1, 1))
            assert low / WIDTH <= (found.value or 0) <= high * WIDTH


def test_shares_are_of_what_succeeded(course: Course) -> None:
    ours = recorded.of_run()
    for limit in (20, 100, 1_000):
        good = [r.time_ms for r in ours if r.failure is None and r.time_ms is not None]
        least, most = (sum(ms <= limit * by for ms in good) for by in (1 / WIDTH, WIDTH))
        found = result(course, f"50% under {limit}ms").value
        assert least / len(ours) <= (found or 0) + 1e-9
        assert (found or 0) <= most / len(ours) + 1e-9


@pytest.mark.sample(3)
@pytest.mark.parametrize("seconds", [7, 1, 30])
def test_each_stretch_is_looked_at(course: Course, seconds: int) -> None:
    ours = recorded.of_run()
    sums = [
        sum(at <= r.second < at + seconds and r.failure is not None for r in ours)
        for at in range(int(SECONDS) - seconds + 1)
    ]
    assert result(course, f"failures < 1 over {seconds}s").value == max(sums)
    assert result(course, f"failures >= 1 over {seconds}s").value == min(sums)


def test_a_warm_up_and_a_stage_are_left_out_to_the_second(course: Course) -> None:
    ours = recorded.of_run()
    assert result(course, "requests > 0", warm_up=40).value == sum(r.second >= 40 for r in ours)
    (stage,) = [one for one in course.stages if one.number == 2]
    assert stage.name == recorded.STAGE
    for name in ("2", f'"{recorded.STAGE}"'):
        found = result(course, f"requests > 0 in stage {name}")
        assert found.start is not None
        assert found.stop is not None
        inside = range(int(found.start) - T0, int(found.stop) - T0 + (found.stop % 1 > 0))
        assert found.value == sum(r.second in inside for r in ours)


@pytest.mark.usefixtures("course")
def test_iterations_that_were_never_begun_are_those_of_all_users(any_store: Store) -> None:
    dropped = sum(
        recorded_arrivals.outcomes(second, cls)["dropped"]
        for worker in recorded.WORKERS
        for second in worker.seconds
        for cls in recorded_arrivals.CLASSES
    )
    arrivals = audit(any_store.reader, recorded.RUN).arrivals
    wanted = given([f"dropped_arrivals < {dropped}", f"dropped_arrivals <= {dropped}"], [])
    sources = _Sources(any_store.reader, recorded.RUN, START, arrivals, wanted)
    broken, kept = (one for rule in wanted.rules for one in sources.results(rule))
    assert (broken.outcome, broken.value) == (Outcome.BROKEN, dropped)
    assert (kept.outcome, kept.value) == (Outcome.KEPT, dropped)


OF_FIELDS: dict[str, Callable[[Sequence[float]], float]] = {
    'max(app_gauges.cpu_percent{service="shop"}) < 1': max,
    'min(app_gauges.cpu_percent{service="shop"}) < 1': min,
    'avg(app_gauges.cpu_percent{service="shop"}) < 1': fmean,
    'sum(app_gauges.cpu_percent{service="shop"}) < 1': sum,
    'last(app_gauges.cpu_percent{service="shop"}) < 1': lambda values: values[-1],
    'p50(app_gauges.cpu_percent{service="shop"}) < 1': lambda v: sorted(v)[-(-len(v) // 2) - 1],
}


@pytest.mark.parametrize(("sentence", "value"), OF_FIELDS.items())
def test_a_field_s_values_are_exact(
    course: Course, any_store: Store, sentence: str, value: Callable[[Sequence[float]], float]
) -> None:
    threshold = read(sentence)
    assert isinstance(threshold.metric, Field)
    samples = Fields(any_store.reader, recorded.RUN, course).samples(threshold.metric)
    told = [g for g in surroundings.GAUGES if g.service == "shop" and T0 + g.second < course.stop]
    own = [gauge.values["cpu_percent"] for gauge in told]
    assert len(samples) == len(own)
    found = evaluate_field(threshold, threshold.metric, samples, course, 0)
    assert found.value == pytest.approx(value(own))


LOST = (-35, -12, -3, 4, 4, 17, 41, 41, 58)
"""When an order was lost, in seconds from the run's begin."""


def counters() -> list[str]:
    """Return what two hosts tell each ten seconds of orders lost; the second begins anew at 45."""
    lines = []
    for at in range(-38, int(SECONDS), 10):
        lost = sum(second <= at for second in LOST)
        anew = sum(45 < second <= at for second in LOST) if at > 45 else 1_000 + lost
        for host, told in (("old", 1_000 + lost), ("anew", anew)):
            lines.append(f"orders,host={host} lost={told}i {(T0 + at) * 10**9}")
    return lines


OF_COUNTERS = {
    # Of what was lost before the run that too which nobody told of until it had begun.
    'increase(orders.lost{host="old"}) == 0': sum(second > -8 for second in LOST),
    'increase(orders.lost{host="anew"}) == 0': sum(second > -8 for second in LOST),
    "increase(orders.lost) < 1": 2 * sum(second > -8 for second in LOST),
    'increase(orders.lost{host="old"}) < 1 over 20s': 3,
    'increase(orders.lost{host="old"}) < 1 in the last 30s': 0,
    'max(orders.lost{host="old"}) < 1': 1_000 + len(LOST),
}


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize(("sentence", "value"), OF_COUNTERS.items())
def test_a_counter_s_growth_is_what_was_counted_meanwhile(
    course: Course, any_store: Store, sentence: str, value: float
) -> None:
    post(counters(), Settings.from_env(any_store.env), what="counters", data="")
    wanted = given([sentence], [])
    sources = _Sources(any_store.reader, recorded.RUN, START, Arrivals(), wanted)
    (found,) = sources.results(wanted.rules[0])
    assert (found.value, found.why) == (value, "")
    assert found.outcome is (Outcome.BROKEN if value else Outcome.KEPT)


NAMED = quoted(max(ENDPOINTS, key=lambda one: len(of(one))))
READ_APART = [
    "p50 < 1s",
    "p50 < 1s in the last 30s",
    "p50 < 1s in stage 2",
    "failures < 1 within 7s",
    "p50 < 1s within 30s",
    "50% under 100ms",
    "apdex(50ms) > 0.5 in the last 1m",
    "p50 < 1s of each endpoint",
    "90% under 100ms of each endpoint",
    "apdex(50ms) > 0.5 of each endpoint in the last 1m",
    "avg < 1s of each endpoint in stage 2",
    "max < 1s of each endpoint for 20s",
    f"p50 < 1s of {NAMED}",
    f"p50 < 1s of {NAMED} within 30s",
    'p50 < 1s of glob "*"',
    "requests > 0",
]


@pytest.mark.long_sample(4)
@pytest.mark.long
@pytest.mark.parametrize("warm_up", [0, 13])
@pytest.mark.parametrize("sentence", READ_APART)
def test_what_is_read_for_one_threshold_is_what_all_windows_say(
    course: Course, any_store: Store, sentence: str, warm_up: int
) -> None:
    """Of a stretch in one piece, of a name alone, without histograms: all the same."""
    wanted = given([sentence], [], f"{warm_up}s" if warm_up else "")
    sources = _Sources(any_store.reader, recorded.RUN, START, Arrivals(), wanted)
    found = list(sources.results(wanted.rules[0]))
    right = evaluate(wanted.rules[0].threshold, course, warm_up)
    assert [(one.outcome, one.endpoint, one.start, one.stop, one.why) for one in found] == [
        (one.outcome, one.endpoint, one.start, one.stop, one.why) for one in right
    ]
    values = [one.value for one in right]
    assert [one.value for one in found] == pytest.approx(values, nan_ok=True)


def test_requests_with_a_tag_are_those_of_its_workers(course: Course, any_store: Store) -> None:
    for worker in recorded.WORKERS:
        tags = (("worker", worker.name),)
        of = course_of(any_store.reader, recorded.RUN, START, endpoints=False, tags=tags)
        own = sum(r.worker == worker.name for r in recorded.of_run())
        assert sum(window.tally.count for window in of.together) == own


@pytest.mark.long_sample(2)
@pytest.mark.long
@pytest.mark.parametrize(
    ("sentence", "code", "kept"),
    [
        ("requests < 1", ExitCode.LIMIT_BROKEN, "failed"),
        ('max of "/x" < 1s', ExitCode.INCONCLUSIVE, "inconclusive"),
        ("requests > 1", ExitCode.FINE, "passed"),
    ],
)
def test_the_verdict_is_kept_where_lists_read_it_and_takes_the_older_one_s_place(
    course: Course, any_store: Store, sentence: str, code: ExitCode, kept: str
) -> None:
    before = any_store.reader.ask(Question("run_events", recorded.RUN))
    words = ("--no-generators", "--fail", "dropped_arrivals < 500", "--fail", sentence)
    done = swarmscope("check", recorded.RUN, *words, env=any_store.env)
    assert (done.returncode, done.stderr) == (code, "")
    assert done.stdout.splitlines()[-1].startswith(f"Run {recorded.RUN} ")
    after = any_store.reader.ask(Question("run_events", recorded.RUN))
    assert (after.start, after.stop) == (before.start, before.stop), "it makes no run longer"
    events = [row for row in after.records() if row["event"] == "verdict"]
    assert [row["message"] for row in events] == [kept]
    listed = any_store.reader.ask(Question("run_summaries")).records()
    assert [row["verdict"] for row in listed if row["run"] == recorded.RUN] == [kept]


def test_what_it_is_read_in_is_what_was_recorded(course: Course) -> None:
    assert {one.seconds for one in course.together} == {1}
    spans = {one.seconds for windows in course.endpoints.values() for one in windows}
    assert spans == {encoded.SPAN}
    assert schema.AGGREGATED not in {name for name, _ in course.endpoints}
