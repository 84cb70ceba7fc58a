"""What counts as a status code."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest

from swarmscope.recording.statuses import NONE, counted


class Unequal:
    """Something that can't be compared or hashed."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError("not to be compared")


@pytest.mark.parametrize(
    ("told", "codes"),
    [
        ([], {}),
        ([NONE, NONE], {NONE: 2}),
        ([404], {404: 1}),
        ([200, 200, 200], {200: 3}),
        ([200, 200, NONE], {200: 2, NONE: 1}),
        ([200, 404, 200, 0], {200: 2, 404: 1, NONE: 1}),
        ([100, 999, 99, 1_000, -200], {100: 1, 999: 1, NONE: 3}),
        ([HTTPStatus.CREATED, 201], {201: 2}),
        ([True, None, "200", 200.5, 10**30], {NONE: 5}),
        ([200, Unequal(), 200], {200: 2, NONE: 1}),
        ([Unequal(), 200], {200: 1, NONE: 1}),
        ([[], {}, 301], {301: 1, NONE: 2}),
    ],
)
def test_each_request_has_one_code_or_none(told: list[Any], codes: dict[int, int]) -> None:
    assert counted(told) == codes


class Same(list[int]):
    """What is known of as a whole, and can't be gone through."""

    def __iter__(self) -> Iterator[int]:
        raise AssertionError("each was looked at")


def test_answers_that_are_all_the_same_are_counted_without_a_look_at_each() -> None:
    """Nearly every second is like that, and counting must not hurt the load."""
    assert counted(Same([200, 200, 200])) == {200: 3}
