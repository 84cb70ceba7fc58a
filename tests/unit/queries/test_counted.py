"""Which runs a list counts, as a literal in its text: no name is a way out of it."""

import re

import pytest

from swarmscope.queries.catalogue import query
from swarmscope.queries.counted import counting, tells_summaries

FLUX = query("runs").flux


def expression(flux: str) -> str:
    (found,) = re.findall(r"^unsummarised = /(.+)/$", flux, re.MULTILINE)
    return str(found)


def test_lists_of_runs_tell_summaries_and_others_do_not() -> None:
    assert tells_summaries(FLUX)
    assert not tells_summaries(query("users").flux)


@pytest.mark.parametrize(
    "run", ["plain", "a.b*c", "a/b", "a\\b", "[x]{2}^$|()", "a\nb\x00", "", "é 🙂", "//"]
)
def test_a_name_matches_itself_alone(run: str) -> None:
    found = re.compile(expression(counting(FLUX, [run])).replace("\\/", "/"))
    assert found.search(run)
    assert not found.search(f"{run}x")
    assert not found.search("plai")
    assert "\n" not in found.pattern


def test_of_none_nothing_matches_not_even_a_series_of_no_run() -> None:
    found = re.compile(expression(counting(FLUX, [])))
    assert not any(found.search(text) for text in ("", "a", ".^", "\n"))


def test_any_of_several_matches() -> None:
    found = re.compile(expression(counting(FLUX, ["a", "b"])))
    assert [bool(found.search(text)) for text in ("a", "b", "ab", "c")] == [
        True,
        True,
        False,
        False,
    ]


def test_summaries_are_read_from_a_moment_on_where_one_is_given() -> None:
    told = r"^told_since = (.+)$"
    (always,) = re.findall(told, counting(FLUX, []), re.MULTILINE)
    (since,) = re.findall(told, counting(FLUX, [], 1_780_000_000_123), re.MULTILINE)
    assert always != since == "time(v: 1780000000123000000)"
    assert "told_since = time(v: 0)" in counting(FLUX, [], 0)
    assert counting(FLUX, ["a\\1"]).count("a\\\\1") == 1
