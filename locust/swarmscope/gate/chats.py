"""A verdict as a message for a chat's incoming webhook: text alone, which no name can leave."""

import json
from collections.abc import Iterator
from typing import Any

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.markdown import SIGNS
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import RunVerdict, assumptions
from swarmscope.terminal import one_line
from swarmscope.words import begin_of, count_of, some_of

_MOST = 10
_LONGEST = 200
"""Signs of a line: Slack takes 3,000 in one block, Teams 28 KB in one message."""


def slack(found: RunVerdict) -> str:
    """Return the JSON that an incoming webhook of Slack takes.

    What stands in blocks of plain text is obeyed by nobody; `text` is what a notification shows.
    """
    blocks = [
        {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}
        for text in (_title(found), "\n".join(_lines(found)))
    ]
    return _json({"text": _obeyed_by_nobody(_title(found)), "blocks": blocks})


def teams(found: RunVerdict) -> str:
    """Return the JSON that a workflow of Teams takes which posts what a webhook receives."""
    title = {"type": "TextRun", "text": _title(found), "weight": "Bolder"}
    runs = [[title], *([{"type": "TextRun", "text": line}] for line in _lines(found))]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        # Not text blocks, which have Markdown.
        "body": [{"type": "RichTextBlock", "inlines": inlines} for inlines in runs],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    attached = {"contentType": kind, "contentUrl": None, "content": card}
    return _json({"type": "message", "attachments": [attached]})


def _title(found: RunVerdict) -> str:
    return begin_of(one_line(f"{SIGNS[found.verdict]} {found.sentence()}"), 4 * _LONGEST)


def _lines(found: RunVerdict) -> Iterator[str]:
    reasons = [
        *found.reasons(Severity.FAIL),
        *found.reasons(Severity.WARN),
        *assumptions(found),
    ]
    for reason in some_of([begin_of(one_line(one), _LONGEST) for one in reasons], _MOST):
        yield f"• {reason}"
    kept = sum(one.result.outcome is Outcome.KEPT for one in found.judged)
    source = f", by {begin_of(one_line(found.source), _LONGEST)}" if found.source else ""
    yield f"{kept:,} of {count_of(len(found.judged), 'threshold')} kept{source}"
    yield from (begin_of(one_line(f"{note}."), _LONGEST) for note in found.notes)


def _obeyed_by_nobody(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _json(message: Any) -> str:
    return json.dumps(message, indent=2, ensure_ascii=False) + "\n"
