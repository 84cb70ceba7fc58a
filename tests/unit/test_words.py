"""Numbers in sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from swarmscope.delivery.accounts import Account
from swarmscope.words import are, change, count_of, milliseconds, percent, percentiles, share, were

COUNTS = some.integers(0, 10**9)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 requests are"),
        (1, "1 request is"),
        (2, "2 requests are"),
        (1_200, "1,200 requests are"),
    ],
)
def test_number_noun_and_verb_agree(number: int, said: str) -> None:
    assert f"{count_of(number, 'request')} {are(number)}" == said
    assert were(number) == ("was" if number == 1 else "were")


def test_an_unusual_plural_is_given() -> None:
    assert [count_of(n, "query", "queries") for n in (1, 2)] == ["1 query", "2 queries"]


def test_the_account_of_a_single_request() -> None:
    account = Account(requests_seen=1, requests_delivered=1)
    assert str(account).startswith("1 request seen = 1 delivered + 0 rejected")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0 %"),
        (0.004, "< 0.01 %"),
        (0.932, "0.93 %"),
        (1.0, "1 %"),
        (7.46, "7.5 %"),
        (12.3, "12 %"),
        (90.4, "90.4 %"),
        (99.96, "99.96 %"),
        (99.999, "> 99.99 %"),
        (100.0, "100 %"),
        (101.4, "101 %"),
        (1_600.0, "1,600 %"),
    ],
)
def test_a_percentage_has_the_digits_that_tell_something(value: float, said: str) -> None:
    assert percent(value) == said


def number_in(said: str) -> float:
    assert said.endswith(" %")
    assert "e" not in said
    return float(said.strip("<> %").replace(",", ""))


@given(COUNTS, COUNTS)
def test_a_share_is_nothing_or_all_only_where_it_is(part: int, rest: int) -> None:
    said = share(part, part + rest)
    assert (said == "0 %") == (not part)
    assert (said == "100 %") == (not rest and bool(part))
    exact = 100 * part / max(1, part + rest)
    # Half of the last digit that is shown, and what is said to be less, or more, is.
    assert abs(number_in(said) - exact) <= 0.5
    if min(exact, 100 - exact) < 1:
        assert abs(number_in(said) - exact) <= 0.01
    assert not said.startswith("<") or exact < 0.01
    assert not said.startswith(">") or exact > 99.99


@given(COUNTS, COUNTS, some.integers(1, 10**9))
def test_of_two_shares_the_larger_one_never_reads_as_the_smaller(
    one: int, other: int, whole: int
) -> None:
    smaller, larger = (number_in(share(n, whole)) for n in sorted((one, other)))
    assert smaller <= larger


def test_a_part_of_nothing_is_all_of_it() -> None:
    assert [share(0, 0), share(3, 0)] == ["0 %", "100 %"]


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "unknown"), (0.456, "0.46 ms"), (61.5, "61.5 ms"), (1_234.4, "1,234 ms")],
)
def test_a_time_has_three_digits_or_so(value: float | None, said: str) -> None:
    assert milliseconds(value) == said


def test_percentiles_stand_beside_each_other() -> None:
    assert percentiles(p50=5.25, p95=61.5, p99=None) == "p50 5.25 ms · p95 61.5 ms · p99 unknown"


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ((1.03, 0.99, 1.075), "+3 % (-1 % to +7.5 %)"),
        ((0.5, None, None), "-50 %"),
        ((1.0, 1.0, 1.0), "+0 % (+0 % to +0 %)"),
        ((3.0, 0.0, float("inf")), "+200 % (-100 % to +inf %)"),
        ((None, None, None), ""),
    ],
)
def test_a_change_is_told_with_its_interval(
    numbers: tuple[float | None, float | None, float | None], text: str
) -> None:
    assert change(*numbers) == text
