"""Points as text: any name and any value can be written, and is read as what it was."""

from math import inf, nan

import pytest

from swarmscope.line_protocol import (
    BACKSLASH,
    ELLIPSIS,
    MAX_INTEGER,
    MAX_STRING,
    MAX_TAG,
    Field,
    escape_tag,
    field_value,
    kept,
    line,
    series,
    shorten,
)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("/login", "/login"),
        ("a,b=c d", r"a\,b\=c\ d"),
        ("one\ntwo\rthree\tfour\0", "one␊two␍three␉four␀"),
        ("", ""),
        (r"C:\temp", r"C:\temp"),
        ("C:\\X\\", r"C:\X"),
        ("ends with two\\\\", r"ends\ with\ two"),
        (
            r"before\, and\= and\ x",
            "before{B}\\,\\ and{B}\\=\\ and{B}\\ x".replace("{B}", BACKSLASH),
        ),
        ("half a \ud800 character", r"half\ a\ ?\ character"),
        ("Zürich 🐝", r"Zürich\ 🐝"),
    ],
)
def test_a_tag_is_written_so_that_it_ends_where_it_should(text: str, written: str) -> None:
    assert escape_tag(text) == written


def test_a_long_tag_is_cut_and_shows_it() -> None:
    assert escape_tag("x" * MAX_TAG) == "x" * MAX_TAG
    assert escape_tag("x" * (MAX_TAG + 1)) == "x" * (MAX_TAG - 1) + ELLIPSIS


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("", 3, ""), ("abcd", 1, "…")],
)
def test_what_is_shortened_has_its_limit_with_the_ellipsis(
    text: str, limit: int, short: str
) -> None:
    assert shorten(text, limit) == short


def test_what_is_kept_of_a_message_has_no_credential_even_where_it_is_cut() -> None:
    assert kept("GET /a?token=hunter2&b=1", 99) == "GET /a?token=***&b=1"
    # The cut falls into the token: without a look beyond it nobody would know it for one.
    text = "x" * 30 + " https://bob:hunter2@shop/"
    assert "hunter" not in kept(text, 50)
    assert len(kept(text, 50)) <= 50
    assert kept("x" * 51, 50) == "x" * 49 + ELLIPSIS


def test_a_series_has_its_tags_in_order_and_none_that_is_empty() -> None:
    tags = {"worker": "w 1", "name": "/a", "method": "", "": "x", "run": "r"}
    assert series("locust_stats", tags) == r"locust_stats,name=/a,run=r,worker=w\ 1"
    assert series("my m,x=y\n\ud800", {}) == r"my\ m\,x=y␊?"


def test_two_tags_whose_keys_are_written_alike_are_one() -> None:
    assert series("m", {"a\\": "1", "a": "2"}) == "m,a=2"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (False, "false"),
        (0, "0i"),
        (-7, "-7i"),
        (MAX_INTEGER, f"{MAX_INTEGER}i"),
        (MAX_INTEGER + 1, f"{MAX_INTEGER}i"),
        (-MAX_INTEGER, f"-{MAX_INTEGER}i"),
        (-MAX_INTEGER - 1, f"-{MAX_INTEGER}i"),
        (1.5, "1.5"),
        (2.0, "2.0"),
        (1e300, "1e+300"),
        ("text", '"text"'),
        ('she said "no"\n C:\\x\0', '"she said \\"no\\"\n C:\\\\x␀"'),
        ("\ud800", '"?"'),
        ("x" * MAX_STRING, f'"{"x" * MAX_STRING}"'),
        ("x" * (MAX_STRING + 1), f'"{"x" * (MAX_STRING - 1)}{ELLIPSIS}"'),
    ],
)
def test_a_value_is_written_with_its_type(value: Field, written: str) -> None:
    assert field_value(value) == written


@pytest.mark.parametrize("value", [inf, -inf, nan])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match=f"^{value} has no form in line protocol$"):
        field_value(value)


def test_a_point_is_one_line() -> None:
    fields: dict[str, Field] = {"count": 1, "avg ms": 2.5, "note": "a b"}
    assert line("m,run=r", fields, 17) == 'm,run=r count=1i,avg\\ ms=2.5,note="a b" 17'
