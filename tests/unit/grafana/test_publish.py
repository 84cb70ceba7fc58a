"""What becomes of each thing that is published; on a real Grafana: tests/integration."""

from collections.abc import Iterator

import pytest
from tests.fixtures import fake_grafana
from tests.fixtures.fake_grafana import FakeGrafana

from swarmscope.errors import ConfigurationError
from swarmscope.grafana import content
from swarmscope.grafana.connection import Place
from swarmscope.grafana.publish import State, Wanted, publish
from swarmscope.settings import Settings

SOURCE = Settings(url="http://influxdb.example:8086", token="a-token", org="team")
ALL = Wanted(alerts=True, source=SOURCE)
OVERLAY = "swarmscope-overlay"
THINGS = 1 + 1 + len(content.boards()) + 1
"""The folder, the data source, the boards, the alert rules."""


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    with fake_grafana.serving() as running:
        yield running


def states(grafana: FakeGrafana, wanted: Wanted = ALL) -> list[State]:
    return [step.state for step in publish(Place(f"{grafana.url}/", "token"), wanted)]


def state_of(grafana: FakeGrafana, thing: str, wanted: Wanted) -> State:
    place = Place(f"{grafana.url}/", "token")
    (found,) = (step.state for step in publish(place, wanted) if thing in str(step))
    return found


def test_what_is_not_there_is_made_and_once_more_unchanged(grafana: FakeGrafana):
    assert states(grafana) == [State.NEW] * THINGS
    assert len(grafana.written) == THINGS
    assert states(grafana) == [State.SAME] * THINGS
    assert len(grafana.written) == THINGS


def test_a_dry_run_says_the_same_and_writes_nothing(grafana: FakeGrafana):
    assert states(grafana, Wanted(alerts=True, source=SOURCE, dry_run=True)) == [State.NEW] * THINGS
    assert grafana.written == []


def test_rules_and_data_source_are_left_out_where_nobody_wants_them(grafana: FakeGrafana):
    assert len(states(grafana, Wanted())) == THINGS - 2
    assert not [path for path in grafana.written if "datasources" in path or "rule" in path]


def test_what_was_changed_by_hand_is_named_and_nothing_at_all_is_written(grafana: FakeGrafana):
    states(grafana)
    grafana.board(OVERLAY)["dashboard"]["title"] = "Mine"
    grafana.held.pop("/api/dashboards/uid/swarmscope-hosts")
    before = list(grafana.written)
    with pytest.raises(ConfigurationError, match=r"Changed by hand.*board Load test overlay"):
        states(grafana)
    assert grafana.written == before


def test_what_was_changed_by_hand_is_overwritten_with_force(grafana: FakeGrafana):
    states(grafana)
    grafana.board(OVERLAY)["dashboard"]["title"] = "Mine"
    forced = Wanted(alerts=True, source=SOURCE, force=True)
    assert state_of(grafana, "Load test overlay", forced) is State.EDITED
    assert grafana.board(OVERLAY)["dashboard"]["title"] == "Load test overlay"


def test_a_board_of_an_older_version_is_updated(grafana: FakeGrafana):
    states(grafana)
    older = content.stamped_board({"uid": OVERLAY, "title": "Overlay of yesterday"})
    grafana.board(OVERLAY)["dashboard"] = older
    assert state_of(grafana, "Load test overlay", ALL) is State.OLD
    assert grafana.board(OVERLAY)["dashboard"]["title"] == "Load test overlay"


def test_a_board_in_another_folder_is_moved(grafana: FakeGrafana):
    states(grafana)
    assert set(states(grafana, Wanted(folder="Load & co"))) == {State.NEW, State.OLD}
    assert grafana.board(OVERLAY)["meta"]["folderUid"] == "load---co"


def test_a_folder_is_found_by_its_title_as_by_its_uid(grafana: FakeGrafana):
    grafana.folders.append({"title": "Our load tests", "uid": "abc"})
    for name in ("Our load tests", "abc"):
        assert state_of(grafana, f"folder {name}", Wanted(folder=name)) is State.SAME


@pytest.mark.parametrize(
    ("path", "mark", "what"),
    [
        ("/api/datasources/uid/swarmscope-influxdb", {"readOnly": True}, "data source"),
        (f"/api/dashboards/uid/{OVERLAY}", {"meta": {"provisioned": True}}, "overlay"),
        (
            "/api/v1/provisioning/folder/swarmscope/rule-groups/Load tests",
            {"rules": [{**content.rule_group()["rules"][0], "provenance": "file"}]},
            "alert rules",
        ),
    ],
)
def test_what_a_grafana_has_from_files_is_left_to_them(
    grafana: FakeGrafana, path: str, mark: fake_grafana.Json, what: str
):
    states(grafana)
    grafana.held[path] |= mark
    before = list(grafana.written)
    with pytest.raises(ConfigurationError, match=f"takes its .*{what}.* from files of its own"):
        states(grafana)
    assert grafana.written == before


def test_a_data_source_keeps_the_name_that_people_gave_it(grafana: FakeGrafana):
    states(grafana)
    path = "/api/datasources/uid/swarmscope-influxdb"
    grafana.held[path]["name"] = "Load tests' InfluxDB"
    other = Wanted(source=Settings(url=SOURCE.url, token="another", org="team"))
    assert state_of(grafana, "data source", other) is State.OLD
    assert grafana.held[path]["name"] == "Load tests' InfluxDB"
