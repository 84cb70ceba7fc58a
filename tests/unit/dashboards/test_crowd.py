"""How panels of workers are drawn when there are many."""

import re
from typing import Any

import pytest
from dashboards import config, crowd
from tests.fixtures import boards

from swarmscope.queries.catalogue import CATALOGUE

BY_TIME = re.compile(r'group\(columns: \[[^]]*"_?time"')
LINES_OF_WORKERS = boards.panels_of_a_crowd()


def panel(board: str, title: str) -> dict[str, Any]:
    """Return the one panel about workers that has *title* in its own."""
    (found,) = (
        one
        for one in boards.panels(board)
        if title in one["title"] and crowd.TOLD in one["description"]
    )
    return found


def properties(one: dict[str, Any], name: str) -> dict[str, Any]:
    """Return what is said of the line *name*, the last word of each."""
    said: dict[str, Any] = {}
    for override in one["fieldConfig"]["overrides"]:
        matcher = override["matcher"]
        if matcher["id"] == "byFrameRefID" or matcher["options"] == name:
            said |= {p["id"]: p["value"] for p in override["properties"]}
    return said


@pytest.mark.parametrize(("board", "title"), LINES_OF_WORKERS)
def test_lines_of_a_crowd_are_not_stacked_and_have_colours_of_their_own(board: str, title: str):
    one = panel(board, title)
    worst = [f"worst {i}" for i in range(config.WORST)]
    looks = {name: properties(one, name) for name in (*worst, crowd.MEAN, crowd.MAX, crowd.MIN)}
    assert {look["custom.stacking"]["mode"] for look in looks.values()} == {"none"}
    colours = [looks[name]["color"]["fixedColor"] for name in (*worst, crowd.MEAN)]
    assert len(set(colours)) == len(colours)
    assert looks[crowd.MAX]["custom.fillBelowTo"] == crowd.MIN


def test_a_few_workers_are_still_drawn_one_upon_the_other():
    assert (
        properties(panel("generators", "Requests by"), "0")["custom.stacking"]["mode"] == "normal"
    )


@pytest.mark.parametrize("name", ["users", "worker_imbalance"])
def test_what_many_series_have_is_added_up_in_windows_and_not_row_by_row(name: str):
    # With 200 workers seventy thousand rows leave the storage engine: 4 s, instead of 0.1 s.
    assert not BY_TIME.search(CATALOGUE[name].flux)


@pytest.mark.parametrize(("board", "title"), LINES_OF_WORKERS)
def test_rows_of_a_crowd_are_taken_together_in_windows_and_not_row_by_row(board: str, title: str):
    (target,) = panel(board, title)["targets"]
    _, _, asked = target["query"].partition("\ncrew =")
    assert not BY_TIME.search(asked)
    # A list is walked over for each row; an expression goes down to the storage engine.
    assert "contains(" not in asked
    assert "r.worker =~ which" in asked
