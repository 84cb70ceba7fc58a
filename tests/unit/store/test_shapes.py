"""What a server's answer may hold, in the right shape: each value one that a store has."""

from typing import Any

import pytest

from swarmscope.queries.catalogue import query
from swarmscope.store.backend import LAST_MS
from swarmscope.store.shapes import OddAnswerError, check_rows, moment, whole

EVENT = (1_700_000_000_000, "start", "hello", 3, None, None)
POINT = (1_700_000_000_000_000_000, "m", "{}", "f", "float", 1.5, "")
USERS = (1_700_000_000_000, "Shopper", 4)


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("run_events", EVENT),
        ("run_events", (-LAST_MS - 1, "", None, None, "w", 2**63 - 1)),
        ("points", POINT),
        ("points", (-(2**63) + 2, "m", '{"é": "\U0001f600"}', "f", "unsigned", 2.0**63, "9")),
        ("users", USERS),
    ],
)
def test_what_a_store_has_is_taken(name: str, row: tuple[Any, ...]) -> None:
    check_rows(query(name), [row, row])


@pytest.mark.parametrize(
    ("name", "row", "at", "odd"),
    [
        ("run_events", EVENT, 0, 10**17),
        ("run_events", EVENT, 0, -(10**17)),
        ("run_events", EVENT, 0, 1.5),
        ("run_events", EVENT, 0, None),
        ("run_events", EVENT, 1, "half\ud800"),
        ("run_events", EVENT, 1, True),
        ("run_events", EVENT, 1, 7),
        ("run_events", EVENT, 1, None),
        ("run_events", EVENT, 3, 1.5),
        ("run_events", EVENT, 3, 2**63),
        ("points", POINT, 0, 2**63),
        ("points", POINT, 5, float("inf")),
        ("points", POINT, 5, float("nan")),
        ("points", POINT, 5, 10**300),
        ("points", POINT, 5, None),
        ("points", POINT, 6, None),
    ],
)
def test_what_no_store_has_is_refused(name: str, row: tuple[Any, ...], at: int, odd: Any) -> None:
    """Each of them ended some command in a traceback."""
    cells = list(row)
    cells[at] = odd
    with pytest.raises(OddAnswerError, match=repr(list(query(name).columns)[at])):
        check_rows(query(name), [row, tuple(cells), row])


@pytest.mark.parametrize("read", [whole, moment])
@pytest.mark.parametrize("value", [None, "5", 5.0, True, 10**30])
def test_a_range_of_no_numbers_is_refused(read: Any, value: Any) -> None:
    with pytest.raises(OddAnswerError):
        read({"from": value}, "from")


def test_a_range_past_all_times_is_refused() -> None:
    assert moment({"to": LAST_MS}, "to") == LAST_MS
    with pytest.raises(OddAnswerError):
        moment({"to": LAST_MS + 1}, "to")
