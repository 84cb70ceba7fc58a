"""What boards ask for is asked by a board."""

import pytest
from tests.fixtures.grafana import ROOT

from swarmscope.queries.board_queries import FOR_BOARDS
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.queries.query import Query

GENERATOR = "\n".join(file.read_text("utf-8") for file in (ROOT / "dashboards").rglob("*.py"))


@pytest.mark.parametrize("asked", FOR_BOARDS, ids=lambda asked: asked.name)
def test_every_query_for_boards_is_asked_by_one(asked: Query):
    """One that no panel asks any more is two files and an entry too many."""
    assert f'"{asked.name}"' in GENERATOR


@pytest.mark.parametrize("asked", FOR_BOARDS, ids=lambda asked: asked.name)
def test_no_other_query_has_the_name_of_one_for_boards(asked: Query):
    assert CATALOGUE[asked.name] is asked
