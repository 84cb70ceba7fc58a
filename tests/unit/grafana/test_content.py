"""What is published, and the digests that tell our own versions from people's changes."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from swarmscope.grafana import content
from swarmscope.grafana.content import Json
from swarmscope.settings import Settings

SETTINGS = Settings(url="http://influxdb.example:8086", token="a-secret", org="team")


@pytest.mark.parametrize(
    ("bucket", "in_flux"),
    [("minutes", '"minutes"'), ('the "long" one', '"the \\"long\\" one"'), ("", "v.defaultBucket")],
)
def test_boards_look_for_minutes_in_the_bucket_that_is_named_or_nowhere(bucket: str, in_flux: str):
    texts = {
        asked["query"]["query"]
        for board in content.boards(bucket)
        for asked in board["templating"].get("list", [])
        if asked["name"].endswith("minutes")
    }
    assert texts
    assert all(f"long = {in_flux}\n" in text for text in texts)


def test_only_the_bucket_of_minutes_is_another_one():
    ours, theirs = (json.dumps(content.boards(name)) for name in ("loadtest_long", "mine"))
    assert ours != theirs
    assert theirs == ours.replace("loadtest_long", "mine")


def test_a_board_that_nobody_touched_fits_its_digest_whatever_grafana_counts():
    board = content.stamped_board({"uid": "u", "title": "t", "panels": [{"y": 1.0}]})
    published, now = content.board_stamps({**board, "id": 7, "version": 3, "panels": [{"y": 1}]})
    assert published == now != ""


def test_a_board_that_somebody_saved_does_not_fit_its_digest():
    board = content.stamped_board({"uid": "u", "title": "t"})
    published, now = content.board_stamps({**board, "title": "mine"})
    assert published != now
    assert content.board_stamps({"uid": "u", "title": "t"})[0] == ""


CHANGES: dict[str, Callable[[Json], object]] = {
    "its title": lambda rule: rule.update(title="mine"),
    "how long it must hold": lambda rule: rule.update({"for": "5m"}),
    "a label": lambda rule: rule["labels"].update(team="web"),
    "an annotation": lambda rule: rule["annotations"].update(summary="mine"),
    "its limit": lambda rule: rule["data"][2]["model"].update(conditions=[]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_rule_that_somebody_changed_does_not_fit_its_digest(change: Callable[[Json], object]):
    rule = content.stamped_rule(content.rule_group()["rules"][0], "group", "folder")
    change(rule)
    published, now = content.rule_stamps(rule)
    assert published != now


def test_a_rule_fits_its_digest_with_what_grafana_adds_to_it():
    rule = content.stamped_rule(content.rule_group()["rules"][0], "group", "folder")
    rule |= {"id": 5, "updated": "2026-01-01T00:00:00Z"}
    for asked in rule["data"]:
        asked["queryType"] = ""
    published, now = content.rule_stamps(rule)
    assert published == now


def test_stamping_a_rule_leaves_the_one_in_the_file_as_it_is():
    rule = content.rule_group()["rules"][0]
    before = json.dumps(rule)
    content.stamped_rule(rule, "group", "folder")
    assert json.dumps(rule) == before


def test_a_token_is_in_the_part_that_grafana_shows_nobody_alone():
    source = content.data_source(SETTINGS)
    assert source.pop("secureJsonData") == {"token": "a-secret"}
    assert "a-secret" not in json.dumps(source)


def test_another_token_is_another_data_source_though_neither_can_be_read():
    ours = content.data_source(SETTINGS)
    there = content.data_source(SETTINGS)
    del there["secureJsonData"]
    assert content.same_source(ours, there)
    assert not content.same_source(content.data_source(replace(SETTINGS, token="other")), there)


@pytest.mark.parametrize("change", [{"url": "http://mine"}, {"type": "prometheus"}])
def test_a_data_source_that_somebody_changed_does_not_fit_its_digest(change: Json):
    published, now = content.source_stamps(content.data_source(SETTINGS) | change)
    assert published != now
    published, now = content.source_stamps(content.data_source(SETTINGS))
    assert published == now
