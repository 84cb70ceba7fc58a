"""Literals: whatever a file says, Python reads it back as that value and runs none of it."""

import ast
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmscope.starter.literals import call, literal, quoted

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.text(st.characters()))
def test_any_text_is_one_literal_on_one_line(text: str) -> None:
    written = quoted(text)
    assert ast.literal_eval(written) == text
    assert written.isprintable()


@pytest.mark.parametrize("text", ["it's", 'say "so"', """both ' and \"""", "\\", "\ud800", "{x}"])
def test_quotes_backslashes_braces_and_lone_surrogates_are_kept(text: str) -> None:
    assert ast.literal_eval(quoted(text)) == text


def test_double_quotes_are_taken_as_formatters_do() -> None:
    assert (quoted("it's"), quoted('"')) == ('"it\'s"', "'\"'")


@settings(max_examples=40)
@given(JSON)
def test_what_json_may_hold_is_read_back(value: object) -> None:
    assert ast.literal_eval(literal(value, 8)) == value


def test_a_long_value_has_a_line_for_each_part() -> None:
    assert literal({"a": ["x" * 40, "y" * 40], "b": 1}, 4).split("\n") == [
        "{",
        '        "a": [',
        f'            "{"x" * 40}",',
        f'            "{"y" * 40}",',
        "        ],",
        '        "b": 1,',
        "    }",
    ]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), date(2026, 1, 2)])
def test_what_has_no_literal_becomes_its_text(value: object) -> None:
    assert ast.literal_eval(literal([value])) == [str(value)]


def test_a_call_is_one_line_while_it_fits() -> None:
    assert call("f", ["1", "a=2"], 4) == "    f(1, a=2)"
    assert call("f", ["x" * 100], 4) == f"    f(\n        {'x' * 100},\n    )"
