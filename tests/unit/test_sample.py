"""Which cases of a test are left to the long ones, and to those of a release."""

from dataclasses import dataclass, field
from typing import cast

import pytest
from tests.fixtures.sample import leave_to_later_tests


@dataclass
class Case:
    """What is asked of a collected test."""

    nodeid: str
    every: dict[str, int]
    marks: list[str] = field(default_factory=list)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        if name in self.every:
            return getattr(pytest.mark, name)(self.every[name]).mark
        return getattr(pytest.mark, name).mark if name in self.marks else None

    def add_marker(self, name: str) -> None:
        self.marks.append(name)


def cases(test: str, number: int, **every: int) -> list[Case]:
    return [Case(f"tests/test_{test}.py::test_it[{i}]", every) for i in range(number)]


def left(*collected: Case) -> list[list[str]]:
    leave_to_later_tests(cast("list[pytest.Item]", list(collected)))
    return [case.marks for case in collected]


def test_each_nth_case_stays_from_the_first_one_on() -> None:
    assert left(*cases("a", 7, sample=3)) == [[], ["long"], ["long"]] * 2 + [[]]
    assert left(*cases("b", 7)) == [[]] * 7


def test_each_test_has_a_count_of_its_own() -> None:
    assert left(*cases("a", 1, sample=5), *cases("b", 1, sample=5)) == [[], []]


def test_of_those_that_are_long_each_nth_stays_long() -> None:
    long, later = ["long"], ["long", "release"]
    assert left(*cases("a", 7, sample=3, long_sample=2)) == [[], long, later, [], long, later, []]
    marked = cases("b", 4, long_sample=3)
    for case in marked:
        case.add_marker("long")
    assert left(*marked) == [long, later, later, long]


def test_what_is_not_long_is_never_left_to_a_release() -> None:
    assert left(*cases("a", 4, long_sample=2)) == [[]] * 4


def test_what_is_for_a_release_is_no_short_test() -> None:
    (case,) = cases("a", 1)
    case.add_marker("release")
    assert left(case) == [["release", "long"]]
