"""What counts as a status code."""

from http import HTTPStatus
from typing import Any

import pytest

from swarmscope.statuses import NONE, counted


class Unequal:
    """Something that can't be compared or hashed."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError("not to be compared")


@pytest.mark.parametrize(
    ("told", "requests", "codes"),
    [
        ([], 0, {}),
        ([], 3, {NONE: 3}),
        ([200, 200, 200], 3, {200: 3}),
        ([200, 200], 5, {200: 2, NONE: 3}),
        ([200, 404, 200, 0], 4, {200: 2, 404: 1, NONE: 1}),
        ([0, 0], 3, {NONE: 3}),
        ([100, 999, 99, 1_000, -200], 5, {100: 1, 999: 1, NONE: 3}),
        ([HTTPStatus.CREATED, 201], 2, {201: 2}),
        ([True, None, "200", 200.5, 10**30], 5, {NONE: 5}),
        ([200, Unequal(), 200], 3, {200: 2, NONE: 1}),
        ([Unequal(), 200], 2, {200: 1, NONE: 1}),
        ([[], {}, 301], 4, {301: 1, NONE: 3}),
    ],
)
def test_each_request_has_one_code_or_none(
    told: list[Any], requests: int, codes: dict[int, int]
) -> None:
    assert counted(told, requests) == codes
