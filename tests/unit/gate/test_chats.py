"""Messages for chats: as long as their webhooks take, and obeyed by nobody."""

import json
from typing import Any

import pytest
from tests.unit.gate.verdicts import (
    ASSUMED,
    BROKEN,
    CERTAIN,
    DOUBT,
    KEPT,
    NOBODY,
    UNKNOWN,
    WARNED,
    judged,
    verdict,
)

from swarmscope.gate.chats import slack, teams
from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.verdict import RunVerdict


def of_slack(found: RunVerdict) -> tuple[str, list[str]]:
    told = json.loads(slack(found))
    assert {one["type"] for one in told["blocks"]} == {"section"}
    assert {one["text"]["type"] for one in told["blocks"]} == {"plain_text"}
    texts = [one["text"]["text"] for one in told["blocks"]]
    assert max(map(len, texts)) <= 3_000
    assert len(told["blocks"]) <= 50
    return told["text"], texts


def of_teams(found: RunVerdict) -> list[str]:
    told = json.loads(teams(found))
    assert len(teams(found).encode()) < 28_000
    (attached,) = told["attachments"]
    assert told["type"] == "message"
    assert attached["contentType"] == "application/vnd.microsoft.card.adaptive"
    card: dict[str, Any] = attached["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {one["type"] for one in card["body"]} == {"RichTextBlock"}
    return [run["text"] for one in card["body"] for run in one["inlines"]]


def test_the_sentence_comes_first_and_then_each_reason() -> None:
    found = verdict(KEPT, BROKEN, UNKNOWN, WARNED)
    sentence = (
        "❌ Run r failed: p95 < 300ms is broken: 423 ms (and 1 further reason and 1 warning)."
    )
    lines = [
        "• p95 < 300ms is broken: 423 ms",
        "• p95 < 300ms can't be told: there was no request to measure",
        "• p95 < 300ms is broken: 423 ms",
        "1 of 4 thresholds kept",
    ]
    text, blocks = of_slack(found)
    assert text == sentence.replace("<", "&lt;")
    assert blocks == [sentence, "\n".join(lines)]
    assert of_teams(found) == [sentence, *lines]


def test_a_doubt_is_a_reason() -> None:
    text, (_, reasons) = of_slack(verdict(KEPT, doubts=DOUBT))
    assert text.startswith("❔ Run r is inconclusive")
    assert reasons.splitlines()[0] == f"• {DOUBT[0]}"


def test_what_is_taken_for_0_is_told() -> None:
    _, *lines = of_teams(verdict(ASSUMED))
    assert lines == [
        f"• sum(ordrs.lost or 0) == 0 is kept: 0, {NOBODY}",
        "1 of 1 threshold kept",
    ]


@pytest.mark.parametrize("sign", ["🙂", '"', "<", "a"])
def test_of_many_and_of_long_ones_there_is_as_much_as_is_taken(sign: str) -> None:
    long = judged(Outcome.BROKEN, endpoint=(sign * 2_000, "GET"))
    found = RunVerdict("r", (long,) * 200, (), sign * 500, (sign * 500,) * 3)
    _, (_, reasons) = of_slack(found)
    assert reasons.splitlines()[10] == "• and 190 more"
    assert of_teams(found)[-4].startswith("0 of 200 thresholds kept, by ")


def test_nobody_is_called() -> None:
    text, _ = of_slack(verdict(judged(Outcome.BROKEN, endpoint=("<!channel> & <@U1>", "GET"))))
    assert "<" not in text
    assert "&lt;!channel&gt; &amp; &lt;@U1&gt;" in text


def test_where_it_was_read_and_what_must_be_known_is_said() -> None:
    found = RunVerdict("r", (CERTAIN,), (), "InfluxDB at http://x:8086", ("nobody audited it",))
    assert of_teams(found)[-2:] == [
        "0 of 1 threshold kept, by InfluxDB at http://x:8086",
        "nobody audited it.",
    ]
