"""An event as it is sent: a point to the store, and an annotation to Grafana."""

import pytest
from tests.fixtures import fake_grafana
from tests.fixtures.fake_influx import FakeInflux, fake_influx

from swarmscope.grafana.connection import Place
from swarmscope.grafana.events import Event, mark, record
from swarmscope.settings import Settings

THEN = 1_780_000_000_123_456_789


@pytest.mark.parametrize(
    ("run", "tags"),
    [("", ["deploy", "swarmscope"]), ("r-1", ["deploy", "swarmscope", "run:r-1"])],
)
def test_a_mark_has_its_kind_and_its_run_as_tags_and_stands_at_its_time(run: str, tags: list[str]):
    with fake_grafana.serving() as grafana:
        mark(Event("shop 1.4.2", "deploy", THEN, run), Place(f"{grafana.url}/", "token"))
    assert grafana.written == ["POST /api/annotations"]
    made = grafana.held["/api/annotations"]
    assert (made["time"], made["text"], made["tags"]) == (THEN // 10**6, "shop 1.4.2", tags)


@pytest.mark.parametrize(("run", "tag"), [("", ""), ("r-1", ",run=r-1")])
def test_a_point_has_its_run_as_a_tag_where_it_belongs_to_one(run: str, tag: str):
    with fake_influx(FakeInflux()) as store:
        record(Event("shop 1.4.2", "deploy", THEN, run), Settings(url=store.url))
    (line,) = store.lines
    assert line == f'event,kind=deploy{tag} text="shop 1.4.2" {THEN}'
