"""Sentences of thresholds: what each means, what is wrong with another, and printed back."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from swarmscope.gate.metrics import (
    ADDED,
    AGGREGATES,
    COUNTED,
    Apdex,
    Counted,
    Field,
    Metric,
    Percentile,
    Share,
    Unit,
    ends_of,
)
from swarmscope.gate.sentences import OPERATORS, SentenceError, read
from swarmscope.gate.threshold import Limit, Over, Scope, Threshold, Time, Which

P95 = Percentile(95)
AVG = Counted("avg", Unit.TIME)
MEANT = [
    ("p95 < 300ms", Threshold(P95, Limit("<", 300))),
    ("p95 < 300 ms", Threshold(P95, Limit("<", 300))),
    ("  p95<300ms ", Threshold(P95, Limit("<", 300))),
    ("p99.9 <= 1.5s", Threshold(Percentile(99.9), Limit("<=", 1500))),
    ("max < 2m", Threshold(Counted("max", Unit.TIME), Limit("<", 120_000))),
    ("min > 10us", Threshold(Counted("min", Unit.TIME), Limit(">", 0.01))),
    ("failure_rate < 1%", Threshold(Counted("failure_rate", Unit.SHARE), Limit("<", 0.01))),
    ("failure_rate < 0.5%", Threshold(Counted("failure_rate", Unit.SHARE), Limit("<", 0.005))),
    ("failures == 0", Threshold(Counted("failures", Unit.COUNT), Limit("==", 0))),
    (
        "requests_per_second >= 100/s",
        Threshold(Counted("requests_per_second", Unit.RATE), Limit(">=", 100)),
    ),
    ("apdex(500ms) > 0.9", Threshold(Apdex(500), Limit(">", 0.9))),
    ("99% under 300ms", Threshold(Share(300), Limit(">=", 0.99))),
    (
        '99.5% under 1s of "/items" over 1m',
        Threshold(Share(1000), Limit(">=", 0.995), Scope("/items"), Time(Over.FULL, 60)),
    ),
    ('avg of "/a: b" < 1s', Threshold(AVG, Limit("<", 1000), Scope("/a: b"))),
    (
        'avg of GET "say \\"x\\" \\\\" < 1s',
        Threshold(AVG, Limit("<", 1000), Scope('say "x" \\', method="GET")),
    ),
    ('avg of glob "/a/*" < 1s', Threshold(AVG, Limit("<", 1000), Scope("/a/*", Which.GLOB))),
    (
        'avg of each POST matching "^/a" < 1s',
        Threshold(AVG, Limit("<", 1000), Scope("^/a", Which.EXPRESSION, "POST", each=True)),
    ),
    ("avg < 1s of each endpoint", Threshold(AVG, Limit("<", 1000), Scope(each=True))),
    ("avg of each endpoint < 1s", Threshold(AVG, Limit("<", 1000), Scope(each=True))),
    ("p95 < 1s for 10s", Threshold(P95, Limit("<", 1000), time=Time(Over.FOR, 10))),
    ("p95 < 1s within 1m", Threshold(P95, Limit("<", 1000), time=Time(Over.WITHIN, 60))),
    ("p95 < 1s in the last 5m", Threshold(P95, Limit("<", 1000), time=Time(Over.LAST, 300))),
    (
        "p95 < 1s in stage 3 over 1h",
        Threshold(P95, Limit("<", 1000), time=Time(Over.FULL, 3600), stage=3),
    ),
    ('p95 in stage "ramp up" < 1s', Threshold(P95, Limit("<", 1000), stage="ramp up")),
    ("p95 <= +10% of baseline", Threshold(P95, Limit("<=", 0.1, relative=True))),
    (
        "requests_per_second >= -5% of baseline",
        Threshold(Counted("requests_per_second", Unit.RATE), Limit(">=", -0.05, relative=True)),
    ),
    (
        'max(cpu.usage_active{host="shop", cpu="cpu-total"}) < 80%',
        Threshold(
            Field("max", "cpu", "usage_active", (("host", "shop"), ("cpu", "cpu-total"))),
            Limit("<", 80),
        ),
    ),
    (
        "last(shop.orders.lost) == 0",
        Threshold(Field("last", "shop", "orders.lost"), Limit("==", 0)),
    ),
    (
        'increase(orders.lost{shop="eu"}) == 0 within 1m',
        Threshold(
            Field("increase", "orders", "lost", (("shop", "eu"),)),
            Limit("==", 0),
            time=Time(Over.WITHIN, 60),
        ),
    ),
    (
        'sum(orders.lost{shop="eu"} or 0) == 0',
        Threshold(Field("sum", "orders", "lost", (("shop", "eu"),), or_zero=True), Limit("==", 0)),
    ),
    (
        'p99.9("my queue.depth of it"{"a b"="c"}) < -3 within 1m',
        Threshold(
            Field("p99.9", "my queue", "depth of it", (("a b", "c"),)),
            Limit("<", -3),
            time=Time(Over.WITHIN, 60),
        ),
    ),
    (
        'p95{region="eu", worker="worker-1"} of GET "/items" < 1s',
        Threshold(
            P95,
            Limit("<", 1000),
            Scope("/items", method="GET", tags=(("region", "eu"), ("worker", "worker-1"))),
        ),
    ),
    (
        '99% under 300ms{region="eu"} of each endpoint',
        Threshold(Share(300), Limit(">=", 0.99), Scope(each=True, tags=(("region", "eu"),))),
    ),
]
WRONG = [
    ("", 0, "begins with a metric"),
    ("   ", 0, "begins with a metric"),
    ("p59 < 300", 6, "p59 is a time, and the unit is missing: write 300ms or 1.5s, not 300"),
    ("p95 < 300 meters", 6, "unit is missing"),
    ("p95 < 300meters", 6, "not 300meters"),
    ("p100.1 < 3s", 0, "no percentile"),
    ("p0 < 3s", 0, "no percentile"),
    ("p100 < 3s", 0, "max?"),
    ("rps > 3/s", 0, "did you mean requests_per_second?"),
    ("http_req_failed < 1%", 0, "did you mean failure_rate?"),
    ("failure_rat < 1%", 0, "did you mean failure_rate?"),
    ("P95 < 3s", 0, "did you mean p95?"),
    ("colour < 3s", 0, "There are avg"),
    ("p95 of /items < 3s", 7, 'names stand in quotes: "/items"'),
    ("p95 of 'x' < 3s", 7, 'write "'),
    ('p95 of "x < 3s', 7, 'a " is missing'),
    ("p95 of each < 3s", 12, "stands in quotes"),
    ('p95 of matching "(" < 1s', 16, "no regular expression"),
    ("p95 << 3s", 5, "not <"),
    ("p95 ≤ 3s", 4, "write <="),
    ("p95 3s", 4, "is missing before 3s"),
    ("p95 <", 5, "not the end"),
    ("failure_rate < 1", 15, "write 1%"),
    ("failure_rate < 101%", 15, "never more than 100%"),
    ("failures < -1", 11, "never negative"),
    ("failures < 1%", 11, "without a unit"),
    ("failures < 0", 11, "no run keeps `< 0`, since failures is never below 0"),
    ("failures < 0", 11, "did you mean `== 0`?"),
    ("p95 < 0ms", 6, "did you mean `== 0ms`?"),
    ("requests >= 0", 12, "every run keeps `>= 0`, since requests is never below 0"),
    ("requests_per_second >= 0/s", 23, "did you mean `> 0/s`?"),
    ("failure_rate <= 100%", 16, "did you mean `< 100%`?"),
    ("failure_rate > 100%", 15, "never above 100%: did you mean `== 100%`?"),
    ("apdex(1s) > 1", 12, "did you mean `== 1`?"),
    ("p95 == +10% of baseline", 4, "runs of one build differ"),
    ("p95 != +10% of baseline", 4, "takes <= or >=, not !="),
    ("p95 <= -200% of baseline", 7, "no run keeps `<= -200% of baseline`"),
    ("p95 < -100% of baseline", 6, "no run keeps `< -100% of baseline`"),
    ("p95 >= -200% of baseline", 7, "every run keeps `>= -200% of baseline`"),
    ("requests_per_second >= -100% of baseline", 23, "write more than -100%"),
    ("failure_rate >= -5% of baseline", 13, "fewer are better"),
    ("failures > +5% of baseline", 9, "relative to a baseline failures takes <=, not >"),
    ("dropped_arrivals <= +10% of baseline", 20, "is compared with no other run's"),
    ("99% under 0ms", 10, "nothing is answered within 0ms"),
    ("apdex < 1", 0, "apdex(500ms)"),
    ("apdex(500) < 1", 6, "300ms"),
    ("apdex(500ms) > 1.1", 15, "never more than 1"),
    ("apdex(500ms > 1", 12, "a ) is missing"),
    ("p95(3) < 1s", 4, "p95(…) is of a field"),
    ("failures(3) < 1", 0, "takes nothing in brackets"),
    ("increase < 3", 0, "increase is of a field: increase(orders.lost)"),
    ("increase(orders) == 0", 9, "increase(…) is of a field"),
    ("sum(orders.lost or 1) == 0", 19, "write `or 0`, not 1"),
    ("sum(orders.lost or 0s) == 0", 19, "write `or 0`, not 0s"),
    ("last(orders.lost or 0) == 0", 17, "last is no number: sum and increase may be"),
    ("increase(orders.lost) >= 0", 25, "every run keeps `>= 0`"),
    ("increase(orders.lost) < 0", 24, "never below 0: did you mean `== 0`?"),
    ("rate(orders.lost) < 1", 0, "last, increase and p95"),
    ("max(cpu) < 80", 4, "max(cpu.usage_active)"),
    ("max(cpu.x{host}) < 80", 14, "a = is missing"),
    ('max(cpu.x{host="a", host="b"}) < 80', 20, "host is there twice"),
    ('max(cpu.x){host="a"} < 80', 10, "beside its name, before the )"),
    ('max(cpu.x) of "/a" < 80', 11, "a field's points are of no endpoint"),
    ("max(cpu.x) < 80 of each endpoint", 16, "a field's points are of no endpoint"),
    ("p101(cpu.x) < 80", 0, "takes nothing in brackets"),
    ("p95{host} < 80ms", 8, "a = is missing"),
    ("p95{} < 80ms", 4, "a tag stands here"),
    ('p95{a="b" < 80ms', 10, "a } is missing"),
    ("dropped_arrivals == 0 within 1m", 0, "of a whole run alone"),
    ('dropped_arrivals of "/a" == 0', 0, "of a whole run alone"),
    ('dropped_arrivals{a="b"} == 0', 0, "of a whole run alone"),
    ("dropped_arrivals == 0 in stage 2", 0, "of a whole run alone"),
    ("100% under 300ms", 0, "between 0% and 100%"),
    ("99% below 300ms", 4, "`under` is missing"),
    ("99 under 300ms", 0, "the unit is missing"),
    ("p95 < 300ms foo", 12, "foo isn't expected here"),
    ("p95 < 300ms for 10", 16, "10s, 5m or 1h"),
    ("p95 < 300ms for 0s", 16, "longer than nothing"),
    ("p95 < 300ms for 1.5s", 16, "10s, 5m or 1h"),
    ("p95 < 300ms within 8000h", 19, "no longer than a week"),
    ("p95 < 300ms in stage 0", 21, "from 1"),
    ('p95 < 300ms in stage ""', 21, "a stage has a number from 1, or a name"),
    ("p95 < 300ms within 1m for 3s", 22, "isn't expected here"),
    ("p95 < 9999999999999999s", 6, "more than anything"),
    ("p95 < 300ms # slow", 12, "isn't expected here"),
    ("p" * 3_000, 2_000, "longer"),
]


@pytest.mark.parametrize(("sentence", "meant"), MEANT, ids=[s for s, _ in MEANT])
def test_what_a_sentence_means(sentence: str, meant: Threshold) -> None:
    assert read(sentence) == meant
    assert read(str(meant)) == meant


@pytest.mark.parametrize(("sentence", "column", "said"), WRONG, ids=[s[:30] for s, *_ in WRONG])
def test_what_is_wrong_is_said_with_its_place(sentence: str, column: int, said: str) -> None:
    with pytest.raises(SentenceError) as caught:
        read(sentence)
    assert said in str(caught.value)
    assert caught.value.column == column


def test_every_metric_is_in_the_table() -> None:
    names = {str(meant.metric) for _, meant in MEANT}
    assert {*COUNTED} - names == {"requests", "dropped_arrivals"}
    units = {Unit.TIME: "ms", Unit.SHARE: "%", Unit.RATE: "/s"}
    for name, unit in COUNTED.items():
        assert str(read(f"{name} < 1{units.get(unit, '')}").metric) == name


NUMBERS = st.integers(0, 10**9) | st.decimals(0, 10**6, places=3).map(float)
TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: not text.isspace())
TAGS = st.dictionaries(st.sampled_from(["host", "role"]) | TEXTS, TEXTS, max_size=2).map(
    lambda tags: tuple(tags.items())
)
METRICS: st.SearchStrategy[Metric] = st.one_of(
    st.integers(1, 99).map(lambda percent: Percentile(float(percent))),
    st.sampled_from([Percentile(99.9), Percentile(99.99), Percentile(2.5)]),
    st.sampled_from(list(COUNTED)).map(lambda name: Counted(name, COUNTED[name])),
    NUMBERS.map(lambda ms: Apdex(float(ms))),
    st.builds(
        Field,
        st.sampled_from([*AGGREGATES, "p95", "p99.9"]),
        st.sampled_from(["cpu", "mem_used", "x-y", "a b"]),
        st.sampled_from(["usage_active", "a.b"]) | TEXTS,
        TAGS,
    ),
    st.builds(Field, st.sampled_from(ADDED), st.just("orders"), TEXTS, TAGS, st.just(True)),
)
SCOPES = st.one_of(
    st.just(Scope()),
    st.builds(Scope, each=st.booleans(), tags=TAGS),
    st.builds(
        Scope,
        TEXTS,
        st.sampled_from([Which.NAME, Which.GLOB]),
        st.sampled_from(["", "GET", "WS-SEND"]),
        st.booleans(),
        TAGS,
    ),
)
TIMES = st.one_of(
    st.just(Time()),
    st.builds(Time, st.sampled_from([over for over in Over if over]), st.integers(1, 604_800)),
)
STAGES = st.none() | st.integers(1, 99) | TEXTS


def _value(unit: Unit) -> st.SearchStrategy[float]:
    if unit is Unit.SHARE:
        return st.integers(0, 1_000).map(lambda tenths: tenths / 10 / 100)
    if unit is Unit.INDEX:
        return st.integers(0, 100).map(lambda part: part / 100)
    return NUMBERS.map(float)


@st.composite
def thresholds(draw: st.DrawFn) -> Threshold:
    """Draw any threshold that a sentence can state."""
    if draw(st.booleans()):
        metric: Metric = Share(float(draw(st.integers(1, 10**6))))
        limit = Limit(">=", draw(st.integers(1, 999)) / 10 / 100)
    else:
        metric = draw(METRICS)
        limit = Limit(draw(st.sampled_from(OPERATORS)), draw(_value(metric.unit)))
        assume(limit.operator in ("==", "!=") or limit.value not in ends_of(metric))
    if metric == Counted("dropped_arrivals", Unit.COUNT):
        return Threshold(metric, limit)
    scope = Scope() if isinstance(metric, Field) else draw(SCOPES)
    return Threshold(metric, limit, scope, draw(TIMES), draw(STAGES))


@given(thresholds())
def test_a_threshold_that_is_printed_reads_as_it_was(threshold: Threshold) -> None:
    assert read(str(threshold)) == threshold


@given(st.text(max_size=60))
def test_no_text_brings_the_reader_down(text: str) -> None:
    try:
        found = read(text)
    except SentenceError as error:
        at = error.column
    else:
        at = 0
        assert read(str(found)) == found
    assert 0 <= at <= len(text)
