"""How often chance makes as many fail: as counting all ways says it."""

from math import comb

import pytest

from swarmscope.inference.exact import by_chance


@pytest.mark.parametrize(
    ("base", "new"),
    [
        ((0, 8), (8, 8)),
        ((1, 8), (6, 8)),
        ((2, 90), (9, 60)),
        ((0, 20), (1, 400)),
        ((3, 5), (9, 10)),
        ((40, 2_000), (75, 2_000)),
    ],
)
def test_it_is_the_share_of_all_ways_to_draw_them(
    base: tuple[int, int], new: tuple[int, int]
) -> None:
    failures, requests, among = base[0] + new[0], base[1] + new[1], new[1]
    ways = (
        comb(failures, many) * comb(requests - failures, among - many)
        for many in range(new[0], min(failures, among) + 1)
    )
    wanted = sum(ways) / comb(requests, among)
    assert by_chance(base, new) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize(
    ("base", "new"), [((0, 9), (0, 9)), ((3, 9), (3, 9)), ((4, 9), (2, 9)), ((2, 4), (50, 100))]
)
def test_what_is_no_larger_share_any_chance_explains(
    base: tuple[int, int], new: tuple[int, int]
) -> None:
    assert by_chance(base, new) == 1


def test_of_very_many_it_is_as_quick_and_no_error() -> None:
    assert by_chance((10_000, 1_000_000), (20_000, 1_000_000)) == 0
    assert 0.4 < by_chance((500_000, 10**7), (500_001, 10**7)) < 0.6
