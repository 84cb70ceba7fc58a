"""Which cases of a test are left to the long ones."""

from dataclasses import dataclass, field
from typing import cast

import pytest
from tests.fixtures.sample import leave_to_the_long_tests


@dataclass
class Case:
    """What is asked of a collected test."""

    nodeid: str
    every: int | None
    marks: list[str] = field(default_factory=list)

    def get_closest_marker(self, name: str) -> pytest.Mark | None:
        assert name == "sample"
        return pytest.mark.sample(self.every).mark if self.every else None

    def add_marker(self, name: str) -> None:
        self.marks.append(name)


def left(*cases: Case) -> list[str]:
    leave_to_the_long_tests(cast("list[pytest.Item]", list(cases)))
    return [case.nodeid for case in cases if case.marks == ["long"]]


def test_each_nth_case_stays_from_the_first_one_on() -> None:
    cases = [Case(f"tests/test_a.py::test_b[{i}]", 3) for i in range(7)]
    others = [Case(f"tests/test_a.py::test_c[{i}]", None) for i in range(7)]
    assert left(*cases, *others) == [f"tests/test_a.py::test_b[{i}]" for i in (1, 2, 4, 5)]


def test_each_test_has_a_count_of_its_own() -> None:
    one, other = (Case(f"tests/test_{name}.py::test_it[first]", 5) for name in "ab")
    assert left(one, other) == []
