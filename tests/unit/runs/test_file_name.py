"""Files that are called after a run, whatever it is called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swarmscope.runs.file_name import safe_name


@pytest.mark.parametrize("name", ["2026-05-28T20-27-03Z-shop", "a", "A.b_c-1"])
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "", "a b", "\0", "ü" * 300])
def test_no_name_leads_elsewhere(name: str) -> None:
    safe = safe_name(name)
    assert safe == safe.replace("/", "").replace("\0", "")
    assert safe not in ("", ".", "..", name)
    assert len(safe.encode()) < 128


@given(st.text(max_size=120), st.text(max_size=120))
def test_two_runs_have_two_files(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)
