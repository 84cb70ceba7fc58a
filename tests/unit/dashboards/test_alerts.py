"""The alert rules as the code makes them: their limits, their queries, their runbooks."""

import json
import re
from typing import Any

import pytest
from dashboards import alerts, config
from dashboards.alerts import RULES, Rule
from tests.fixtures import boards
from tests.fixtures.grafana import PROVISIONING, ROOT

FILES = ROOT / "dashboards" / "flux" / "alerts"
GROUP = json.loads((PROVISIONING / "alerting" / "rules.json").read_text("utf-8"))["groups"][0]


def made(rule: Rule) -> dict[str, Any]:
    """Return *rule* as Grafana reads it."""
    (found,) = (one for one in GROUP["rules"] if one["uid"] == rule.uid)
    return dict(found)


def any_rule(**more: Any) -> Rule:
    return Rule(
        **{"name": "lost", "title": "t", "summary": "s", "advice": "a", "runbook": "load", **more}
    )


def test_every_query_of_an_alert_has_its_rule_and_every_rule_its_query():
    assert sorted(rule.name for rule in RULES) == sorted(file.stem for file in FILES.iterdir())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_limit_is_written_out_in_the_query(rule: Rule):
    asked = alerts.query(rule)
    assert not re.search(r"^\w+ = 0(\.0)?$", asked, re.MULTILINE)
    for name, limit in rule.places.items():
        assert f"\n{name} = {limit}\n" in f"\n{asked}"


def test_a_query_with_a_place_that_its_rule_says_nothing_of_is_none():
    with pytest.raises(KeyError, match="requests_needed"):
        alerts.query(any_rule(name="p95"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_speaks_above_its_limit_and_looks_as_far_back_as_it_says(rule: Rule):
    asked, last, above = made(rule)["data"]
    assert {one["relativeTimeRange"]["from"] for one in (asked, last, above)} == {rule.seconds}
    (condition,) = above["model"]["conditions"]
    assert condition["evaluator"] == {"type": "gt", "params": [rule.above]}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_without_a_row_is_well_and_one_whose_store_is_away_keeps_what_it_was(rule: Rule):
    assert (made(rule)["noDataState"], made(rule)["execErrState"]) == ("OK", "KeepLast")


def test_what_rules_share_need_not_be_said():
    rule = any_rule()
    assert (rule.severity, rule.seconds, rule.held) == ("critical", 60, config.ALERT_FOR)


def test_what_a_rule_is_told_is_named():
    with pytest.raises(TypeError, match="positional"):
        Rule("lost", "t", "s", "a", "load")  # type: ignore[misc]


def test_what_is_lost_or_silent_is_told_at_once_and_what_may_pass_is_seen_twice():
    at_once = {rule.name for rule in RULES if made(rule)["for"] == "0s"}
    assert at_once == {"lost", "silent"}
    assert {made(rule)["for"] for rule in RULES if rule.name not in at_once} == {"20s"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_alerts_lead_to_their_runbook_where_they_are_sent_and_where_their_rule_is_shown(rule: Rule):
    annotations = made(rule)["annotations"]
    page = boards.page(rule.runbook)
    address = f"d/swarmscope-runbooks?viewPanel=panel-{page['id']}"
    assert annotations["runbook_url"] == "{{ externalURL }}d/../" + address
    run = f"d/{config.OVERLAY}?var-run={{{{ urlquery $labels.run }}}}&from=now-15m&to=now"
    assert annotations["run_url"] == "{{ externalURL }}d/../" + run
    assert annotations["__dashboardUid__"] == config.RUNBOOKS
    assert annotations["__panelId__"] == str(page["id"])
    assert f"*{rule.title}*" in page["options"]["content"]
