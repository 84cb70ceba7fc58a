"""What the numbers of runs come to, where these are made: in a store, tests/integration has it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from swarmscope.comparison.compared import Comparison, Overall
from swarmscope.comparison.comparing import Wish, compare_numbers
from swarmscope.comparison.numbers import Numbers
from swarmscope.errors import ExitCode
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key, Raw, Tally

ITEMS: Key = ("/items", "GET")
PAY: Key = ("/pay", "POST")
REQUESTS = 6_000
EVEN = [50, 52, 49, 51, 50, 53, 48, 50, 51, 49]
"""Failures of ten runs: by chance."""
BURSTS = [0, 2, 300, 1, 0, 0, 3, 204, 0, 0]
"""0.85 % as well."""


def tally(failures: int, requests: int = REQUESTS, ms: float = 100.0) -> Tally:
    return Raw(ITEMS, [ms] * requests, [], failures).fold()


def run(number: int, failures: int, of_items: int | None = None) -> Numbers:
    # So many percent more or less, or each value would be the same.
    ms = 100.0 + number % 5
    of_all = tally(failures, ms=ms)
    items = tally(failures if of_items is None else of_items, REQUESTS // 10, ms)
    return Numbers(f"r{number}", 60, {AGGREGATED: of_all, ITEMS: items})


def compared(base: Sequence[int], new: int, of_items: int = 0) -> Comparison:
    before = [run(number, failures, 0) for number, failures in enumerate(base)]
    return compare_numbers(before, [run(12, new, of_items)], [], Wish())


@pytest.mark.parametrize(
    ("base", "new", "overall"),
    [
        (EVEN, 50, Overall.NO_DIFFERENCE),
        (EVEN, 246, Overall.WORSE),
        # As many as this come in bursts, too: nobody can tell, and it is no 0 either.
        (BURSTS, 246, Overall.UNKNOWN),
        (BURSTS, 60, Overall.NO_DIFFERENCE),
        (BURSTS, 0, Overall.NO_DIFFERENCE),
        ([0] * 10, 0, Overall.NO_DIFFERENCE),
        ([0] * 10, 1, Overall.NO_DIFFERENCE),
    ],
)
def test_that_more_fail_is_never_passed_over(
    base: Sequence[int], new: int, overall: Overall
) -> None:
    found = compared(base, new)
    assert found.overall is overall
    if overall is Overall.UNKNOWN:
        assert found.overall.exit_code is ExitCode.INCONCLUSIVE
        assert "failure_rate of all endpoints 0.85 % → 4.1 %" in found.sentence()


def test_that_one_endpoint_alone_fails_more_is_not_either() -> None:
    """Of 600 requests 60 fail now, and did in one run of ten before."""
    before = [run(number, 60, 60 if number == 3 else 0) for number in range(10)]
    found = compare_numbers(before, [run(12, 60, 60)], [], Wish())
    assert found.overall is Overall.UNKNOWN
    assert "failure_rate of GET /items 1 % → 10 %" in found.sentence()


def paying(number: int, many: int) -> Numbers:
    """Return a run with so many requests of an endpoint besides."""
    one = run(number, 50)
    return replace(one, tallies={**one.tallies, **({PAY: tally(0, many)} if many else {})})


@pytest.mark.parametrize(
    ("had", "has", "overall"),
    [
        ([600] * 10, 0, Overall.UNKNOWN),
        ([600] * 9 + [0], 0, Overall.UNKNOWN),
        ([600] * 9 + [3], 0, Overall.UNKNOWN),
        ([70] * 10, 1, Overall.UNKNOWN),
        ([70] * 10, 4, Overall.UNKNOWN),
        # More than a fifth of the runs had it not, or hardly any request of it.
        ([600] * 7 + [0, 3, 0], 0, Overall.NO_DIFFERENCE),
        ([9] * 10, 0, Overall.NO_DIFFERENCE),
        ([70] * 10, 50, Overall.NO_DIFFERENCE),
    ],
)
def test_an_endpoint_that_died_is_not_passed_over(
    had: Sequence[int], has: int, overall: Overall
) -> None:
    base = [paying(number, many) for number, many in enumerate(had)]
    found = compare_numbers(base, [paying(12, has)], [], Wish())
    assert found.vanished == (() if has else (PAY,))
    assert found.overall is overall
    assert (f"can't tell: run r12 has {has} request" in found.sentence()) is (
        overall is Overall.UNKNOWN
    )


def test_one_that_died_in_one_run_of_several_is_not_either() -> None:
    base = [paying(number, 70) for number in range(10)]
    new = [paying(number, 1 if number == 13 else 70) for number in range(12, 15)]
    found = compare_numbers(base, new, [], Wish())
    assert found.overall is Overall.UNKNOWN
    assert "run r13 has 1 request of POST /pay" in found.sentence()


def quiet(number: int, part: float) -> Numbers:
    """Return a run with such a part of the requests, which take as long as ever."""
    ms = 100.0 + number % 5
    every = {AGGREGATED: REQUESTS, ITEMS: REQUESTS // 10}
    return Numbers(
        f"r{number}", 60, {key: tally(0, round(part * many), ms) for key, many in every.items()}
    )


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7])
@pytest.mark.parametrize(("many", "earlier"), [(10, 0), (1, 9)])
def test_throughput_that_falls_as_a_whole_is_worse(part: float, many: int, earlier: int) -> None:
    runs = [quiet(number, 1 + number / 1_000) for number in range(many + earlier)]
    found = compare_numbers(runs[:many], [quiet(12, part)], runs[many:], Wish())
    assert found.overall is Overall.WORSE
    assert "requests_per_second of all endpoints 10" in found.sentence()


@pytest.mark.parametrize("side", [3, 9, 10])
def test_one_run_of_several_that_hardly_asked_anything_does_not_pass(side: int) -> None:
    """Of nine on each side a rank test called it the same: of one it knows the rank alone."""
    base = [quiet(number, 1 + number / 1_000) for number in range(side)]
    new = [quiet(20 + i, 1 + i / 1_000 if i else 0.02) for i in range(side)]
    found = compare_numbers(base, new, [], Wish())
    assert found.overall is Overall.UNKNOWN
    assert any("run r20 has 120 requests of all endpoints" in str(one) for one in found.missed)


def buying(number: int, many: int, slow: int = 0) -> Numbers:
    """Return a run with so many requests of an endpoint besides, some of them ten times as long."""
    one = run(number, 50)
    times = [100.0 + number % 5] * (many - slow) + [1_000.0] * slow
    return replace(one, tallies={**one.tallies, PAY: Raw(PAY, times, [], 0).fold()})


@pytest.mark.parametrize(
    ("many", "slow", "overall"),
    [
        (66, 8, Overall.WORSE),
        (56, 8, Overall.UNKNOWN),
        (56, 1, Overall.SAME),
    ],
)
def test_an_endpoint_too_rare_for_its_percentile_is_not_passed_over(
    many: int, slow: int, overall: Overall
) -> None:
    """With ten requests more each it is worse, and p95 takes 59."""
    base = [buying(number, 66) for number in range(10)]
    found = compare_numbers(base, [buying(12 + i, many, slow) for i in range(3)], [], Wish())
    assert found.overall is overall
    if overall is Overall.UNKNOWN:
        assert "can't tell: 3 new runs have fewer requests of POST /pay than" in found.sentence()
    (p95,) = (row for row in found.rows if row.endpoint == PAY and row.metric == "p95")
    lacks = "a run of the new side with 59 requests, for p95"
    assert (p95.difference.why == lacks) is (many < 59)


def test_one_that_is_nearly_gone_is_said_once() -> None:
    base = [buying(number, 600) for number in range(10)]
    found = compare_numbers(base, [buying(12, 40, 20)], [], Wish())
    assert [one.endpoint for one in found.missed] == [PAY]
    assert found.slower == ()
