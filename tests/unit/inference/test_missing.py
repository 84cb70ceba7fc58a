"""How many more runs are asked for: so many are enough, and one fewer isn't."""

import re

import pytest

from swarmscope.inference import missing
from swarmscope.inference.comparison import Sample, compare


@pytest.mark.parametrize(
    ("base", "new", "earlier", "level", "told"),
    [
        (
            *(1, 1, 0, 0.05),
            "3 more runs of each side or 9 more runs of the baseline or 5 earlier runs",
        ),
        (
            *(3, 3, 4, 0.05),
            "2 more runs of the new side or 7 more runs of the baseline or 1 earlier run",
        ),
        (5, 1, 9, 0.05, "2 more runs of each side or 5 more runs of the baseline"),
        (5, 5, 9, 0.05 / 10, "1 more run of the new side or 5 more runs of the baseline"),
    ],
)
def test_it_names_each_way(base: int, new: int, earlier: int, level: float, told: str) -> None:
    assert missing.for_ranks(base, new, earlier, level) == told


@pytest.mark.parametrize("base", range(2, 9))
@pytest.mark.parametrize("new", range(2, 9))
@pytest.mark.parametrize("level", [0.05, 0.005])
def test_so_many_are_enough_and_one_fewer_is_not(base: int, new: int, level: float) -> None:
    if missing.least_rank_p(base, new) <= level:
        return
    told = missing.for_ranks(base, new, 9, level)
    found = re.match(r"(\d+) more runs? of the new side", told)
    assert found
    more = int(found[1])
    assert missing.least_rank_p(base, new + more) <= level
    assert missing.least_rank_p(base, new + more - 1) > level


def test_what_runs_of_the_new_side_alone_never_reach_takes_some_of_each() -> None:
    def enough(base: int, new: int) -> bool:
        return 1 / base + 1 / new <= 0.2

    assert missing.for_width(10, 1, enough) == "about 9 more runs of the new side"
    assert missing.for_width(4, 4, enough) == "about 6 more runs of each side"


def test_what_takes_too_many_has_no_number() -> None:
    assert missing.for_width(3, 3, lambda _base, _new: False) == ""


def test_of_a_0_no_other_test_comes_into_question() -> None:
    told = compare({0: Sample((0.0,) * 4, (5.0,))})[0]
    assert told.why == "2 more runs of each side"
