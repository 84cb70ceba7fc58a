"""The boards as files: current, complete, and at one with the catalogue and the provisioning."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from dashboards import config
from dashboards.__main__ import build, stale
from tests.fixtures import boards
from tests.fixtures.grafana import PROVISIONING, settings

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE

BOARDS = list(boards.boards())
OF_MANY = ("runs", "trend")
"""Boards of more than one run."""
BUILT_IN = re.compile(r"^__")
USE = re.compile(r"\$\{(\w+)")
IN_WORDS = {"logs", "stat", "state-timeline"}
TEXTS = {
    *("Endpoint", "Method", "Run", "Test", "Commit", "Data", "Verdict", "Target", "End", "Refresh"),
    *("Label", "About", "Why", "Reasons"),
    *("Worker", "Host", "Finished", "Status", "Exception", "Reason", "One of the messages"),
    *("Enough for", "Transaction"),
    "Locustfile",
    *("What must hold", "Stands", "If not", "Measured", "Where", "Why"),
    *("User class", "Place", "End of one traceback"),
    *("Users", "Highest CPU", "Generators"),
}
"""Columns of tables that hold no number; `End` is only there for the link."""


def test_committed_boards_are_what_the_code_says():
    assert stale() == []


@pytest.mark.parametrize("board", [name for name in BOARDS if name not in OF_MANY])
def test_a_board_of_a_run_is_drawn_anew_as_often_as_grafana_allows(board: str):
    """And of a long range as often as a pixel gets anything new: each time costs more there."""
    assert boards.boards()[board]["refresh"] == "auto"
    assert settings()["GF_DASHBOARDS_MIN_REFRESH_INTERVAL"] == "5s"


def test_the_list_of_runs_is_drawn_anew_while_some_go_on():
    assert boards.boards()["runs"]["refresh"] == config.REFRESH_OF_RUNS


def test_months_of_runs_are_drawn_anew_now_and_then():
    assert boards.boards()["trend"]["refresh"] == config.REFRESH_OF_A_HISTORY
    assert boards.boards()["trend"]["time"]["from"] == config.RANGE_OF_A_HISTORY


def test_no_line_of_locust_has_the_colour_of_one_of_the_application():
    """But for the words before them one could not tell whose an error is."""
    application, locust = (set(config.LEVELS[one].values()) for one in ("application", "locust"))
    assert not application & locust


def test_a_single_request_can_be_seen_in_the_heatmap_on_black_and_on_white():
    """Grafana's own scheme is as dark as its dark background where there is one request."""
    (panel,) = (one for one in boards.panels("endpoints") if one["type"] == "heatmap")
    colours = panel["options"]["color"]
    assert (colours["mode"], colours["scheme"], colours["reverse"]) == ("scheme", "Spectral", False)


@pytest.mark.parametrize("asked", boards.every_query(), ids=str)
def test_what_is_drawn_in_whole_windows_goes_as_far_as_the_run_is_stored(asked: boards.Asked):
    """No length of time is whole by itself: workers say how far they have come."""
    if "drawn_to = " in asked.flux:
        (stored,) = re.findall(r"^stored = (.*)$", asked.flux, re.MULTILINE)
        assert stored in ("${watermark}000000", "9000000000000000000")
        assert "now()" not in asked.flux


def test_only_curves_over_time_have_the_window_that_is_being_filled():
    """A dot of it would wander with each refresh, and another run's has long been whole."""
    filled = "stored_to = time(v: if cut > stored"
    drawn = {(asked.board, asked.of) for asked in boards.every_query() if filled in asked.flux}
    assert drawn == {
        ("overlay", "Load, and the machines' CPU"),
        ("overlay", "Response times"),
        ("overlay", "Failures"),
        ("endpoints", "Response times"),
        ("endpoints", "Requests"),
        ("endpoints", "Failures"),
        ("generators", "Requests by worker"),
    }


@pytest.mark.parametrize("board", [name for name in BOARDS if name not in OF_MANY])
def test_marks_are_named_on_each_board_that_draws_them(board: str):
    """A triangle says what it is to the mouse alone."""
    marked = any("target" in one for one in boards.boards()[board]["annotations"].get("list", ()))
    strips = [one for one in boards.panels(board) if one["type"] == "state-timeline"]
    (on_overlay,) = (p for p in boards.panels("overlay") if p["type"] == "state-timeline")
    assert [one["targets"] for one in strips] == ([on_overlay["targets"]] if marked else [])


def test_each_event_that_is_marked_stands_in_a_lane():
    """The first lane has the load: where it starts, steps and stops."""
    told = boards.boards()["overlay"]["annotations"]["list"]
    asked = [one["target"]["query"] for one in told if "target" in one]
    marked = {event for query in asked for event in re.findall(r'r\.event == "(\w+)"', query)}
    (strip,) = (p for p in boards.panels("overlay") if p["type"] == "state-timeline")
    (lane,) = re.findall(r"r\.event =~ /\^\((.+)\)\$/", strip["targets"][1]["query"])
    assert marked == {"start", "step", "stop", *lane.split("|")}


def test_changed_missing_and_left_over_files_are_named(tmp_path: Path):
    assert "dashboards/json/overlay.json" in stale(tmp_path)
    assert "grafana/provisioning/alerting/rules.json" in stale(tmp_path)
    build(tmp_path)
    assert stale(tmp_path) == []
    boards_folder = tmp_path / "dashboards" / "json"
    (boards_folder / "left_over.json").write_text("{}")
    (boards_folder / "overlay.json").write_text("{}")
    assert stale(tmp_path) == ["dashboards/json/left_over.json", "dashboards/json/overlay.json"]


def test_all_boards_but_the_one_with_the_runbooks_draw_data():
    assert set(boards.published()) - set(BOARDS) == {"runbooks"}
    assert {boards.page(name)["type"] for name in config.PAGES} == {"text"}
    assert "text" not in {panel["type"] for board in BOARDS for panel in boards.panels(board)}


def test_the_first_panel_of_a_board_without_machines_says_how_to_get_their_metrics():
    """Once: eight times the same sentence is a wall of text."""
    for board in BOARDS:
        said = []
        for panel in boards.panels(board):
            asked = [target["query"] for target in panel["targets"]]
            none = panel["fieldConfig"]["defaults"]["noValue"]
            if all(re.search(r"_measurement == \"(cpu|mem|disk|net|system)", a) for a in asked):
                said.append(none)
            else:
                assert config.NO_HOSTS not in none, panel["title"]
        assert said[:1] in ([], [config.WHO_WRITES_HOSTS])
        assert set(said[1:]) <= {config.NO_HOSTS}


@pytest.mark.parametrize("board", BOARDS)
def test_what_an_empty_panel_says_to_do_holds_in_a_grafana_of_somebody_s_own(board: str):
    """There nobody has a stack, nor its `make`."""
    for panel in boards.panels(board):
        said = panel["fieldConfig"]["defaults"]["noValue"]
        if "`make " in said:
            assert "of your own" in said or "their environment" in said, panel["title"]


@pytest.mark.parametrize("board", BOARDS)
def test_an_axis_with_nothing_but_noughts_does_not_go_to_a_hundred(board: str):
    for panel in boards.panels(board):
        defaults = panel["fieldConfig"]["defaults"]
        if panel["type"] in ("timeseries", "trend") and defaults["unit"] in config.COUNTED:
            assert defaults["custom"]["axisSoftMax"] == 1, panel["title"]


@pytest.mark.parametrize("board", BOARDS)
def test_switches_are_in_the_menu_where_grafana_shows_one(board: str):
    """It shows the menu of rare things where a variable is in it, and else hides what is there."""
    in_menu = {v["name"] for v in boards.variables(board) if v.get("hide") == 3}
    wanted = {"inControlsMenu"} if in_menu else {None}
    switches = boards.boards()[board]["annotations"].get("list", [])
    assert {one.get("placement") for one in switches} == (wanted if switches else set())
    assert in_menu == RARE[board]


def test_overlay_answers_before_anybody_scrolls():
    """On a screen of 1280 by 800 Grafana leaves 16 rows of a board to be seen."""
    titles = [p["title"] for p in boards.panels("overlay") if _bottom(p) <= 16]
    assert titles == [
        "Can this measurement be trusted?",
        "",
        "Load, and the machines' CPU",
        "Response times",
    ]


def _bottom(panel: dict[str, Any]) -> int:
    at = panel["gridPos"]
    return int(at["y"] + at["h"])


def test_failures_stand_on_the_axis_of_all_requests():
    """Grafana makes another axis, on the right, of whatever differs in what is said of it."""
    (load,) = (p for p in boards.panels("overlay") if p["title"].startswith("Load, "))
    axes = {
        override["matcher"]["options"]: {
            one["id"]: one.get("value")
            for one in override["properties"]
            if one["id"].startswith("custom.axis") or one["id"] in ("unit", "min", "max")
        }
        for override in load["fieldConfig"]["overrides"]
    }
    assert axes["F"] == axes["A"]


@pytest.mark.parametrize("board", BOARDS)
def test_every_number_has_a_unit(board: str):
    for panel in boards.panels(board):
        overrides = panel["fieldConfig"]["overrides"]
        with_unit = {
            override["matcher"]["options"]
            for override in overrides
            for one in override["properties"]
            if one["id"] == "unit"
        }
        if panel["type"] == "table":
            (organize,) = (
                one["options"]
                for one in panel["transformations"]
                if "renameByName" in one["options"]
            )
            columns = set(organize["renameByName"].values())
            assert columns - with_unit <= TEXTS, panel["title"]
        elif panel["type"] == "heatmap":
            assert panel["options"]["yAxis"]["unit"] == "ms"
        elif panel["type"] not in IN_WORDS:
            assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]


@pytest.mark.parametrize("board", BOARDS)
def test_variables_in_use_are_those_that_there_are(board: str):
    text = json.dumps(boards.boards()[board])
    used = {name for name in USE.findall(text) if not BUILT_IN.match(name)}
    there = {variable["name"] for variable in boards.variables(board)}
    carried = {"endpoint", "worker", "host"} & RARE[board]
    assert used <= there
    assert there - used <= carried


@pytest.mark.parametrize("board", BOARDS)
def test_all_of_a_variable_is_what_the_catalogue_asks_by_default(board: str):
    variables = boards.variables(board)
    everything = {v["name"]: v["allValue"] for v in variables if v.get("includeAll")}
    allowed = {**config.EVERYTHING, "other_field": ".*"}
    assert everything == {name: allowed[name] for name in everything}


@pytest.mark.parametrize(
    ("title", "ways"),
    [
        *((title, ("",)) for title in ("CPU", "Memory", "Load average for each processor")),
        ("Network", ("received", "sent")),
        ("Disk", ("read", "written")),
    ],
)
def test_every_machine_has_a_colour_of_its_own_and_generators_are_dashed(
    title: str, ways: tuple[str, ...]
):
    (panel,) = (one for one in boards.panels("hosts") if one["title"] == title)

    def looks(name: str) -> dict[str, Any]:
        overrides = panel["fieldConfig"]["overrides"]
        named = [one for one in overrides if one["matcher"]["id"] == "byNames"]
        ours = [one for one in named if name in one["matcher"]["options"]["names"]]
        return {p["id"]: p["value"] for one in ours for p in one["properties"]}

    for i, colour in enumerate(config.APART):
        for role in config.ROLES:
            for way in ways:
                drawn = looks(" ".join(filter(None, (role, way, str(i)))))
                assert drawn["color"]["fixedColor"] == colour
                assert ("custom.lineStyle" in drawn) == (role == "generator")
                down = way in ways[1:]
                assert (drawn.get("custom.transform") == "negative-Y") == down
                # Named twice, a legend of some machines has no room.
                assert ("custom.hideFrom" in drawn) == down


@pytest.mark.parametrize("board", BOARDS)
def test_no_panel_lies_over_another(board: str):
    taken: set[tuple[int, int]] = set()
    for panel in boards.panels(board):
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {
            (x, y)
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


@pytest.mark.parametrize("board", BOARDS)
def test_windows_are_never_below_a_second_and_few_enough_to_be_quick(board: str):
    fewer = {
        "endpoint_p95": config.FEWEST_WINDOWS,
        "latency_heatmap": config.FEWER_WINDOWS,
        **dict.fromkeys(
            (
                "endpoint_percentiles",
                "response_ranges",
                "outcomes",
                "phases",
                "intended",
                "transactions",
            ),
            config.FEWER_WINDOWS,
        ),
    }
    for panel in boards.panels(board):
        assert panel["interval"] == "1s"
        texts = [target["query"] for target in panel["targets"]]
        allowed = (
            windows
            for name, windows in fewer.items()
            if any(CATALOGUE[name].flux[-200:-50] in text for text in texts)
        )
        few = panel["type"] in ("trend", "xychart")
        otherwise = config.FEWER_WINDOWS if few else config.WINDOWS
        assert panel["maxDataPoints"] == next(allowed, otherwise)


@pytest.mark.parametrize("board", BOARDS)
def test_histograms_of_long_windows_are_read_by_minutes(board: str):
    """By seconds, a day of them would take minutes."""
    for panel in boards.panels(board):
        for target in panel["targets"]:
            if "locust_latency" in target["query"]:
                assert re.search(
                    r'then "\$\{(baseline_)?minutes\}" else v.defaultBucket', target["query"]
                )


@pytest.mark.parametrize("board", BOARDS)
def test_the_bucket_of_minutes_is_named_by_variables_alone(board: str):
    """So that publishing can change it, and a store without it has boards all the same."""
    asking = [v for v in boards.variables(board) if v["name"].endswith("minutes")]
    # In the query, and in its repetition that Grafana calls the definition.
    assert json.dumps(boards.boards()[board]).count(schema.BUCKET_LONG) == 2 * len(asking)


@pytest.mark.parametrize("board", BOARDS)
def test_boards_ask_the_data_source_that_is_provisioned(board: str):
    text = json.dumps(boards.boards()[board])
    assert set(re.findall(r'"uid": "([^"]*)"', text)) == {
        config.DATA_SOURCE,
        boards.boards()[board]["uid"],
    }
    provisioned = (PROVISIONING / "datasources" / "influxdb.yaml").read_text(encoding="utf-8")
    assert f"uid: {config.DATA_SOURCE}\n" in provisioned


RARE: dict[str, set[str]] = {
    "overlay": {"worker", "host", "other_measurement", "other_field"},
    "endpoints": {"worker", "host"},
    "failures": {"endpoint", "worker", "host"},
    "generators": {"endpoint", "host"},
    "hosts": {"endpoint", "worker"},
    "compare": {"worker", "host"},
    "runs": set(),
    "trend": {"history"},
}
"""What few people pick on a board, or what it has no use for and keeps for the others."""
ANY_TEXT = {*config.EVERYTHING, "level", "apdex_t", "other_measurement", "other_field"}
"""Variables whose values may be any text."""
OF_RUNS = {"run", "baseline"}


@pytest.mark.parametrize("asked", boards.every_query(), ids=str)
def test_any_text_is_written_out_as_an_expression_that_stands_for_itself(
    asked: boards.Asked,
) -> None:
    """`regex` is the one format of Grafana's that nothing gets out of; the rest are our own."""
    for name, form in re.findall(r"\$\{(\w+)(?::(\w+))?\}", asked.flux):
        assert (form == "regex") == (name in ANY_TEXT), (name, form)


def test_what_is_written_out_between_quotes_has_none_itself() -> None:
    for board in boards.boards():
        for asked in boards.variable_queries(board):
            kept_out = '/["\\\\$[:cntrl:]]/' if asked.of in OF_RUNS else "/[[:cntrl:]]/"
            if asked.of in ANY_TEXT | OF_RUNS:
                assert f"!~ {kept_out}" in asked.flux, asked.of
