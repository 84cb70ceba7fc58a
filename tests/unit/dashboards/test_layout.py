"""How boards use their room: what a look at each of them as a picture found."""

import pytest
from dashboards import arrivals
from tests.fixtures import boards

COLUMNS = 24


@pytest.mark.parametrize("board", boards.boards())
def test_beside_a_panel_that_is_not_wide_is_another(board: str):
    """Half a board of nothing looks as if something was missing, and a unit may lack the room."""
    places = [panel["gridPos"] for panel in boards.panels(board)]
    rows = {row for at in places for row in range(at["y"], at["y"] + at["h"])}
    used = dict.fromkeys(rows, 0)
    for at in places:
        for row in range(at["y"], at["y"] + at["h"]):
            used[row] += at["w"]
    assert {row: width for row, width in used.items() if width != COLUMNS} == {}


@pytest.mark.parametrize("board", [board for board in boards.boards() if board != "runs"])
def test_a_table_that_goes_on_below_says_so(board: str):
    """Of five load steps with names the last was below the edge, and nothing told that it was."""
    tables = [panel for panel in boards.panels(board) if panel["type"] == "table"]
    cut = [p["title"] for p in tables if not p["options"]["footer"].get("enablePagination")]
    assert cut == []


def test_what_became_of_arrivals_is_named_once():
    """A line with a label of the same name Grafana calls "dropped dropped"."""
    names = {
        override["matcher"]["options"]: one["value"]
        for panel in boards.panels("generators")
        if panel["title"] == arrivals.ARRIVALS
        for override in panel["fieldConfig"]["overrides"]
        for one in override["properties"]
        if one["id"] == "displayName"
    }
    assert names == {"due": "due", "dropped": "dropped", "late": "late"}
