"""A row of the page that is played by itself takes the older one's place, and nothing else does."""

from pathlib import Path

import pytest
from tests.faults.again import renewed, told
from tests.faults.catalogue import ALL

PAGE = (Path(__file__).parents[2] / "docs" / "reliability.md").read_text(encoding="utf-8")
WHEN = "2030-01-02, 2 processors"


def row(store: str, audit: str) -> list[str]:
    return ["two runs of one name", "at once", store, "20 s", *(["7"] * 7), audit]


def test_it_takes_the_place_of_the_older_one() -> None:
    page = renewed(PAGE, [row("embedded", "as it is now")], WHEN)
    before, after = PAGE.splitlines(), page.splitlines()
    changed = [line for line in after if line not in before]
    here = "- *two runs of one name*, embedded: " + WHEN
    assert [one for one in changed if one.startswith("|")] == [
        f"| two runs of one name | at once | embedded | 20 s | {'7 | ' * 7}as it is now |"
    ]
    assert here in changed
    gone = [line for line in before if line not in after]
    assert all("two runs of one name" in one and "embedded" in one for one in gone)


def test_it_is_told_once_and_of_each_store() -> None:
    page = renewed(PAGE, [row("embedded", "a"), row("influxd", "b")], "once")
    page = renewed(page, [row("embedded", "c")], WHEN)
    lines = page.splitlines()
    at = lines.index(f"- *two runs of one name*, embedded: {WHEN}")
    assert "- *two runs of one name*, influxd: once" in lines
    assert (lines[at - 2], lines[at - 1]) == ("Played by themselves since:", "")
    assert page.count("Played by themselves since:") == 1
    assert "\n\n\n" not in page
    assert renewed(page, [row("embedded", "c")], WHEN) == page


def test_what_is_not_as_it_must_be_is_counted_anew() -> None:
    page = renewed(PAGE, [row("embedded", "**lost**"), row("influxd", "**lost**")], WHEN)
    assert told(2) in page
    assert told(1) in renewed(page, [row("embedded", "fine")], WHEN)
    whole = renewed(page, [row("embedded", "fine"), row("influxd", "fine")], WHEN)
    assert "not as they must be" not in whole


def test_what_the_page_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="no row of two runs of one name, embedded, 3 s"):
        renewed(PAGE, [["two runs of one name", "at once", "embedded", "3 s", "x"]], WHEN)


def test_every_fault_of_the_catalogue_has_a_row_that_can_be_played_anew() -> None:
    for fault in ALL:
        store = "influxd" if fault.on_boards else "embedded"
        cells = [fault.name, fault.done, store, f"{fault.long:g} s", "played"]
        assert " | played |" in renewed(PAGE, [cells], WHEN)
