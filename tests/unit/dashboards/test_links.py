"""The ways from board to board, and from a panel to the page that says what to do about it."""

import json
import re

import pytest
from dashboards import config, flux
from tests.fixtures import boards
from tests.fixtures.grafana import ROOT
from tests.unit.dashboards.test_boards import OF_MANY

BOARDS = list(boards.boards())
LINK = re.compile(r'<a href="([^"]*)" target="(\w*)">([^<]*)</a>')
RUNBOOKS = ROOT / "docs" / "runbooks"


def address_of(page: str) -> str:
    return f"d/swarmscope-runbooks?viewPanel=panel-{boards.page(page)['id']}"


@pytest.mark.parametrize("board", BOARDS)
def test_every_panel_says_what_it_shows_and_what_to_do(board: str):
    for panel in boards.panels(board):
        said, _, link = panel["description"].partition("\n\n")
        assert len(said) > 80, panel["title"]
        (found,) = LINK.findall(link)
        address, target, words = found
        assert (words, target) == (config.WHAT_TO_DO, "_blank")
        assert address in {f"./{address_of(page)}" for page in config.PAGES}, panel["title"]


def test_boards_are_called_as_their_links_say():
    assert {b["uid"]: b["title"] for b in boards.published().values()} == config.TITLES


def test_every_runbook_is_a_panel_under_its_own_title():
    assert sorted(config.PAGES) == sorted(file.stem for file in RUNBOOKS.glob("*.md"))
    assert len(boards.published()["runbooks"]["panels"]) == len(config.PAGES)
    for name in config.PAGES:
        panel = boards.page(name)
        title, *rest = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8").splitlines()
        assert f"# {panel['title']}" == title
        assert panel["options"]["mode"] == "markdown"
        shown = panel["options"]["content"].splitlines()
        assert len(shown) == len(rest) - 1
        assert {line for line in rest if "](" not in line} <= {"", *shown}
        assert "](" not in panel["options"]["content"], "a link that leads out of Grafana"


def test_links_between_runbooks_lead_to_the_panel_of_the_page_that_the_file_names():
    for name in config.PAGES:
        written = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
        named = re.findall(r"\[([^]]+)\]\((\w+)\.md\)", written)
        wanted = [(f"./{address_of(page)}", "_self", words) for words, page in named]
        assert LINK.findall(boards.page(name)["options"]["content"]) == wanted


def test_other_documents_are_named_in_a_runbook_where_its_file_links_to_them():
    assert "(`docs/other-machines.md`)" in boards.page("hosts")["options"]["content"]


@pytest.mark.parametrize("board", BOARDS)
def test_every_board_of_a_run_leads_to_the_others_with_the_run_and_range(board: str):
    runs, *all_of_it, others = boards.boards()[board]["links"]
    # All runs: neither those of a range nor one alone.
    assert (runs["url"], runs.get("includeVars")) == (f"/d/{config.RUNS}", False)
    of_a_run = board not in OF_MANY
    assert (others["includeVars"], others["keepTime"]) == (of_a_run, of_a_run)
    reached = {
        name for name, one in boards.published().items() if set(others["tags"]) <= set(one["tags"])
    }
    every = set(boards.published())
    assert reached == (every - {*OF_MANY, "runbooks"} if of_a_run else every)
    assert len(all_of_it) == of_a_run


@pytest.mark.parametrize("board", [board for board in BOARDS if board not in OF_MANY])
def test_every_board_of_a_run_leads_to_the_run_s_own_time(board: str):
    _, link, _ = boards.boards()[board]["links"]
    uid = boards.boards()[board]["uid"]
    assert link["title"] == config.TIME_OF_RUN
    assert config.TIME_OF_RUN in config.NOTHING
    assert link["url"] == f"/d/{uid}?{config.WHOLE_RUN}"
    assert (link["includeVars"], link.get("keepTime")) == (True, False)


@pytest.mark.parametrize("board", [board for board in BOARDS if board not in OF_MANY])
def test_an_empty_panel_offers_the_way_to_the_run_s_own_time(board: str):
    """That no request failed is good news: of a range without the run it is none."""
    all_of_it = boards.panels(board)
    drawn = [one for one in all_of_it if one["type"] not in boards.WORDLESS]
    said = [one["fieldConfig"]["defaults"]["noValue"] for one in drawn]
    without = {none for none in said if config.ELSEWHERE not in none}
    # Machines and services go on without a run, and the first of their panels says it for all.
    # Thresholds are of the whole run, whatever the range is.
    without -= {config.NO_THRESHOLDS}
    assert without <= {config.NO_HOSTS, config.NO_GAUGES}
    assert not without or config.WHO_WRITES_HOSTS in said


def test_boards_offer_how_often_links_to_them_ask_them():
    """Of what a board doesn't offer Grafana takes the first that it does."""
    asked = set(re.findall(r'"(\d+[smh])"', flux.own("run_refresh")))
    assert asked == {config.REFRESH_LIVE, "1m", config.REFRESH_OVER}
    for name in BOARDS:
        assert asked <= set(boards.boards()[name]["timepicker"]["refresh_intervals"])


@pytest.mark.parametrize("board", [board for board in BOARDS if board not in OF_MANY])
def test_what_is_picked_is_kept_on_the_way_over_boards_that_have_no_use_for_it(board: str):
    assert {"endpoint", "worker", "host"} <= {one["name"] for one in boards.variables(board)}


@pytest.mark.parametrize("board", BOARDS)
def test_a_panel_with_links_is_drawn_anew_with_each_variable_that_they_hand_on(board: str):
    """Grafana sees what a query or a transformation names: a link keeps what was picked before."""
    known = {one["name"] for one in boards.variables(board)}
    for panel in boards.panels(board):
        found = json.dumps(panel["fieldConfig"].get("overrides", []))
        handed_on = set(re.findall(r"[$]{(\w+):queryparam}", found))
        assert handed_on <= known
        if "${__all_variables}" in found:
            handed_on = {"endpoint", "worker", "host"} & known
        seen = json.dumps([panel.get("targets"), panel.get("transformations")])
        assert {name for name in handed_on if f"${{{name}" not in seen} == set(), panel["title"]
