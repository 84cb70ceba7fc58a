"""How boards are asked: windows as Grafana's, and nothing slow twice."""

import pytest
from tests.bench.asked_boards import TooSlowError, View, busiest, timed, together, window


@pytest.mark.parametrize(
    ("length", "at_most", "expected"),
    [
        (60, None, 1),
        (300, None, 2),
        (900, None, 5),
        (900, 60, 15),
        (900, 40, 20),
        (1_800, None, 10),
        (3_600, None, 20),
        (3_600, 60, 60),
        (3_600, 40, 120),
        (86_400, None, 600),
        (86_400, 60, 1_200),
    ],
)
def test_windows_are_as_long_as_grafana_makes_them(
    length: int, at_most: int | None, expected: int
) -> None:
    assert window(length, at_most) == expected


def test_what_is_quick_is_asked_so_often() -> None:
    asked: list[int] = []
    timed(lambda: asked.append(1), 3)
    assert len(asked) == 3


def test_what_is_slow_is_asked_once() -> None:
    asked: list[int] = []
    timed(lambda: asked.append(1), 3, slow_s=0.0)
    assert len(asked) == 1


def test_a_board_with_a_panel_that_is_given_up_is_given_up() -> None:
    def give_up() -> None:
        raise TooSlowError

    with pytest.raises(TooSlowError):
        together([lambda: None, give_up])()


def test_the_busiest_are_an_expression_as_the_variable_writes_it() -> None:
    assert busiest(["/a", "/b/c"]) == r"\/a|\/b\/c"


def test_what_is_picked_takes_the_place_of_nothing_picked() -> None:
    view = View("r", 1_000, 1_060, 60, 60, {"candidates": "x", "endpoint": "/a"})
    assert view.values["candidates"] == "x"
    assert view.values["endpoint"] == "/a"
    assert (view.values["run_start"], view.values["baseline"]) == ("1000000", "r")
