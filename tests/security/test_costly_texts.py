"""A service under test can't make a load generator compute with what it answers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import pytest

from swarmscope.redaction import redact

NAMES = 100
PARTS = (
    '"key""token"val', '"secret"val', '"token",', 'val="token"', '"token"val="',
    'token "token",sk-\t', '{"name":"token"x', "[?&]key&key", "`\\[('api-key",
)  # fmt: skip


@contextmanager
def _calls() -> Iterator[list[int]]:
    """Count what is called meanwhile: a machine's speed and its load are not in that."""
    counted = [0]

    def count(_: FrameType, event: str, __: object) -> None:
        counted[0] += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        yield counted
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("part", PARTS)
def test_a_text_of_nothing_but_names_costs_no_more_than_a_hundred_of_them(part: str) -> None:
    """As long as a log record is kept: each name by itself took some thirty calls."""
    text = (part * 9_216)[:9_216]
    with _calls() as of_names:
        redact(text)
    assert of_names[0] < 100 * NAMES


def test_what_is_behind_the_names_that_are_looked_at_is_left_out() -> None:
    text = "token=a1 " * NAMES + "said " * 50 + 'value="hunter2" name="password" and more'
    kept = redact(text)
    assert kept.startswith("token=*** " * NAMES)
    assert "said" in kept
    assert kept.endswith("***")
    assert "hunter2" not in kept
    assert redact(kept) == kept


def test_as_many_names_as_an_answer_has_are_all_looked_at() -> None:
    text = '{"name": "x", "token": "hunter2"}, ' * 50 + "and its end"
    assert redact(text) == text.replace("hunter2", "***")
