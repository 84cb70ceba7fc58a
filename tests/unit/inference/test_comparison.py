"""Worse, better, the same, can't tell: what each takes, and how seldom it is wrong."""

from math import exp
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.inference.comparison import Answer, CountSample, Difference, Sample, compare

TURNED = {Answer.WORSE: Answer.BETTER, Answer.BETTER: Answer.WORSE}
VALUES = st.lists(st.floats(1, 1_000), min_size=1, max_size=12).map(tuple)


def noise(seed: int, many: int, level: float = 100.0, spread: float = 0.02) -> tuple[float, ...]:
    chance = Random(seed)
    return tuple(level * chance.gauss(1, spread) for _ in range(many))


def one(sample: Sample | CountSample, **asked: float) -> Difference:
    return compare({"it": sample}, **asked)["it"]


def test_ten_runs_find_what_became_a_tenth_slower() -> None:
    found = one(Sample(noise(1, 10), noise(2, 3, 110)))
    assert found.answer == Answer.WORSE
    assert found.ratio == pytest.approx(1.10, abs=0.02)
    assert found.low is not None
    assert found.low > 1
    assert found.p is not None
    assert found.p < 0.001
    assert (found.method, found.why) == ("prediction interval of 10 runs", "")


def test_where_less_is_worse_a_fall_is_worse() -> None:
    fewer = Sample(noise(1, 10), noise(2, 1, 85), more_is_worse=False)
    assert one(fewer).answer == Answer.WORSE
    assert one(Sample(noise(1, 10), noise(2, 1, 85))).answer == Answer.BETTER


def test_what_is_certain_and_below_the_margin_is_not_worse() -> None:
    sample = Sample(noise(1, 10, spread=0.001), noise(2, 3, 104, spread=0.001))
    found = one(sample)
    assert found.answer == Answer.SAME
    assert found.low is not None
    assert found.low > 1
    assert one(sample, margin=0.02).answer == Answer.WORSE


def test_what_may_be_above_the_margin_or_below_nobody_can_tell() -> None:
    found = one(Sample(noise(1, 10), noise(2, 3, 101.5)))
    assert found.answer == Answer.UNKNOWN
    assert found.why.startswith("about ")
    assert "more runs of the new side: between runs of one side it varies by 2" in found.why


def test_a_significant_difference_below_the_margin_is_not_worse() -> None:
    base = (98.0, 102.0) * 5
    found = one(Sample(base, (104.0, 102.0, 106.0)))
    assert found.low is not None
    assert found.high is not None
    assert 1 < found.low < 1.04
    assert found.high > 1.05
    assert found.answer == Answer.UNKNOWN
    assert one(Sample(base, (106.0, 104.0, 108.0))).answer == Answer.WORSE


def test_what_is_not_significant_is_not_the_same() -> None:
    found = one(Sample(noise(1, 10, spread=0.1), noise(2, 1, 102)))
    assert found.answer == Answer.UNKNOWN
    assert found.p is not None
    assert found.p > 0.05


def test_the_confidence_is_what_is_asked_for() -> None:
    sample = Sample(noise(1, 10, spread=0.04), noise(3, 1, 119, spread=0.001))
    assert one(sample).answer == Answer.WORSE
    assert one(sample, confidence=0.999).answer == Answer.UNKNOWN


def test_five_runs_each_are_compared_by_their_ranks() -> None:
    found = one(Sample(noise(1, 5), noise(2, 5, 115)))
    assert (found.answer, found.method) == (Answer.WORSE, "rank test of 5 runs against 5")
    assert found.p == pytest.approx(2 / 252)


def test_earlier_runs_are_not_asked_where_ranks_can_tell() -> None:
    found = one(Sample(noise(1, 5), noise(2, 5, 115), history=noise(3, 9)))
    assert found.method == "rank test of 5 runs against 5"


def test_the_margin_is_the_same_factor_in_both_directions() -> None:
    base, new = noise(1, 10, 100, 0.0001), noise(2, 10, 95.1, 0.0001)
    assert one(Sample(base, new)).answer == Answer.BETTER
    assert one(Sample(new, base)).answer == Answer.WORSE


def test_three_runs_each_can_not_tell_whatever_they_are() -> None:
    found = one(Sample(noise(1, 3), noise(2, 3, 500)))
    assert found.answer == Answer.UNKNOWN
    assert found.ratio == pytest.approx(5, abs=0.3)
    assert (found.low, found.high, found.p) == (None, None, None)
    assert found.why == (
        "2 more runs of the new side or 7 more runs of the baseline or 5 earlier runs"
    )


def test_two_runs_alone_speak_of_themselves_only() -> None:
    found = one(Sample((100.0,), (300.0,)))
    assert (found.answer, found.ratio) == (Answer.UNKNOWN, pytest.approx(3))
    assert found.method == "two runs alone"
    assert found.why.startswith("it speaks of these two runs only: 3 more runs of each side")


def test_two_runs_and_the_noise_of_earlier_ones_tell() -> None:
    sample = Sample((100.0,), (120.0,), history=noise(1, 6))
    assert one(sample).answer == Answer.WORSE
    assert one(sample).method == "the noise of 6 earlier runs"
    noisy = Sample((100.0,), (120.0,), history=noise(1, 6, spread=0.15))
    assert one(noisy).answer == Answer.UNKNOWN


def test_four_earlier_runs_are_too_few() -> None:
    found = one(Sample((100.0,), (300.0,), history=noise(1, 4)))
    assert found.answer == Answer.UNKNOWN
    assert found.why.endswith("or 1 earlier run")


def test_earlier_runs_without_a_value_do_not_count() -> None:
    history = (*noise(1, 4), 0.0, float("nan"))
    assert one(Sample((100.0,), (300.0,), history=history)).answer == Answer.UNKNOWN


def test_so_many_endpoints_take_more_runs() -> None:
    """Of five runs each the smallest p is 0.0079: of one endpoint, and not among ten."""
    sample = Sample(noise(1, 5), noise(2, 5, 150))
    among_ten = compare(dict.fromkeys(range(10), sample))
    assert {found.answer for found in among_ten.values()} == {Answer.UNKNOWN}
    assert among_ten[0].why == (
        "1 more run of the new side or 5 more runs of the baseline or 5 earlier runs"
    )


def test_an_endpoint_among_many_must_stand_out_more() -> None:
    found = one(sample := Sample(noise(1, 10, spread=0.04), noise(3, 1, 119, spread=0.001)))
    quiet = {i: Sample(noise(100 + i, 10), noise(200 + i, 1)) for i in range(20)}
    among = compare({**quiet, "it": sample})["it"]
    assert (found.answer, among.answer) == (Answer.WORSE, Answer.UNKNOWN)
    assert found.p is not None
    assert among.p is not None
    assert among.p > found.p


def test_no_failure_against_a_few_is_worse() -> None:
    found = one(CountSample(((0, 1_000),) * 10, ((5, 1_000),)))
    assert (found.answer, found.ratio, found.high) == (Answer.WORSE, None, None)
    assert found.method == "exact test of counts, 10 runs against 1"


def test_no_failure_on_either_side_is_the_same_when_enough_was_asked() -> None:
    assert one(CountSample(((0, 50_000),), ((0, 50_000),))).answer == Answer.SAME
    few = one(CountSample(((0, 100),), ((0, 100),)))
    assert few.answer == Answer.UNKNOWN
    assert few.why.startswith("0 of 100 and 0 of 100 requests failed")


def test_a_few_failures_on_both_sides_are_the_same_when_rates_are_shown_to_be_close() -> None:
    assert one(CountSample(((5, 50_000),), ((6, 50_000),))).answer == Answer.SAME
    assert one(CountSample(((5, 500),), ((6, 500),))).answer == Answer.UNKNOWN


def test_failures_that_are_gone_are_better() -> None:
    assert one(CountSample(((20, 1_000),), ((0, 1_000),))).answer == Answer.BETTER


def test_an_objective_that_all_miss_is_the_same() -> None:
    found = one(CountSample(((50_000, 50_000),), ((50_000, 50_000),)))
    assert (found.answer, found.ratio) == (Answer.SAME, 1)


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        (Sample((), (1.0,)), "a run of the baseline"),
        (Sample((1.0,), ()), "a run of the new side"),
        (CountSample((), ((0, 1),)), "a run of the baseline"),
        (CountSample(((0, 0),), ((0, 5),)), "a request of the baseline"),
        (CountSample(((0, 5),), ((0, 0),)), "a request of the new side"),
        (Sample((float("nan"),), (1.0,)), "values that are numbers, and not below 0"),
        (Sample((1.0,), (-1.0,)), "values that are numbers, and not below 0"),
    ],
)
def test_without_anything_to_compare_nobody_can_tell(
    sample: Sample | CountSample, why: str
) -> None:
    found = one(sample)
    assert (found.answer, found.ratio, found.why) == (Answer.UNKNOWN, None, why)


def test_runs_without_a_request_are_left_out_of_counts() -> None:
    found = one(CountSample(((0, 0), (0, 1_000)), ((9, 1_000), (0, 0))))
    assert found.method == "exact test of counts, 1 run against 1"


def test_of_nothing_there_is_nothing() -> None:
    assert compare({}) == {}


def test_what_is_missing_of_one_endpoint_costs_the_others_nothing() -> None:
    sample = Sample(noise(1, 10), noise(2, 1, 112))
    silent = {i: CountSample(((0, 1_000),), ((0, 1_000),)) for i in range(30)}
    assert compare({**silent, "it": sample})["it"].p == one(sample).p


@pytest.mark.parametrize(
    ("sample", "answer"),
    [
        # rsc/benchstat#7: no significant difference where all new runs are alike
        (Sample((115, 114, 115, 115), (78.8,) * 5), Answer.BETTER),
        # kayenta#301: an error where no run differs
        (Sample((100,) * 10, (100,) * 10), Answer.SAME),
        # spinnaker#6278: passes, because three of ten runs are as before
        (Sample((1,) * 10, (*(100,) * 7, 1, 1, 1)), Answer.WORSE),
        # kayenta#799, #426: no errors before, few now; four of them on one side are no certainty
        (
            CountSample(((0, 500),) * 5, ((1, 500), (4, 500), (2, 500), (3, 500), (1, 500))),
            Answer.WORSE,
        ),
        (
            CountSample(
                ((0, 500),) * 6, ((0, 500), (1, 500), (2, 500), (1, 500), (0, 500), (0, 500))
            ),
            Answer.UNKNOWN,
        ),
        # starslingdev/hpc-sandbox-benchmarks#145: three runs each called a tie, at twice the rate
        (Sample((19.7, 19.8, 19.6), (9.6, 9.5, 9.7)), Answer.UNKNOWN),
        # moq.analyzers#1268, canbench#30: what was 0 has an infinite ratio, and dropped out
        (Sample((0,) * 5, (7, 8, 9, 7, 8)), Answer.WORSE),
        # poseidon-http-server#129: two poisoned values of ten
        (
            Sample(
                (15.6,) * 9 + (15.9,), (15.7, 27.0, 15.7, 15.6, 15.6, 15.4, 15.6, 29.1, 16.2, 15.5)
            ),
            Answer.UNKNOWN,
        ),
    ],
)
def test_what_was_reported_of_other_tools(sample: Sample | CountSample, answer: Answer) -> None:
    assert one(sample).answer == answer


@given(VALUES, VALUES)
def test_changing_sides_changes_worse_for_better(
    base: tuple[float, ...], new: tuple[float, ...]
) -> None:
    there, back = one(Sample(base, new)), one(Sample(new, base))
    assert back.answer == TURNED.get(there.answer, there.answer)
    assert there.ratio is not None
    assert back.ratio == pytest.approx(1 / there.ratio)
    if there.low and there.high:
        assert (back.low, back.high) == pytest.approx((1 / there.high, 1 / there.low))


@given(VALUES, VALUES, st.sampled_from([0.001, 7.0, 1_000.0]))
def test_seconds_and_milliseconds_have_the_same_answer(
    base: tuple[float, ...], new: tuple[float, ...], scale: float
) -> None:
    sides = [tuple(scale * value for value in side) for side in (base, new)]
    found, scaled = one(Sample(base, new)), one(Sample(*sides))
    if found.p is None or abs(found.p - 0.05) > 1e-6:
        assert scaled.answer == found.answer
    assert scaled.ratio == pytest.approx(found.ratio)


@given(VALUES, VALUES, st.randoms())
def test_the_order_of_runs_does_not_matter(
    base: tuple[float, ...], new: tuple[float, ...], chance: Random
) -> None:
    mixed = [tuple(chance.sample(side, len(side))) for side in (base, new)]
    found, other = one(Sample(base, new)), one(Sample(*mixed))
    assert other.answer == found.answer
    assert other.p == pytest.approx(found.p)


def test_false_alarms_of_any_endpoint_are_as_rare_as_promised() -> None:
    """Five endpoints of one build, whose runs have an offset in common: 600 pairs."""
    chance = Random(1)
    pairs, alarms = 600, 0
    for _ in range(pairs):
        offsets = [chance.gauss(0, 0.1) for _ in range(11)]
        samples = {}
        for name in "abcde":
            runs = [exp(offset + chance.gauss(0, 0.1)) for offset in offsets]
            samples[name] = Sample(tuple(runs[:10]), tuple(runs[10:]))
        alarms += any(found.answer in TURNED for found in compare(samples).values())
    assert 0 < alarms <= 0.05 * pairs


def test_same_is_never_said_of_twice_the_margin() -> None:
    for seed in range(300):
        sample = Sample(noise(seed, 10), noise(seed + 1_000, 3, 110))
        assert one(sample).answer != Answer.SAME
