"""A verdict as Markdown, for a comment, a step's summary, a chat."""

import re

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import Judged, RunVerdict, Verdict, endpoint_in_words

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&@])")
SIGNS = {
    Verdict.PASSED: "✅",
    Verdict.WARNED: "⚠️",
    Verdict.FAILED: "❌",
    Verdict.INCONCLUSIVE: "❔",
}
_MOST = 50
"""Rows: a comment has a most of signs, and nobody reads more."""


def markdown(found: RunVerdict) -> str:
    """Return the verdict's sentence, and a table of the thresholds, what isn't kept first."""
    order = (Outcome.BROKEN, Outcome.UNKNOWN, Outcome.KEPT)
    rows = sorted(found.judged, key=lambda one: order.index(one.result.outcome))
    lines = [f"{SIGNS[found.verdict]} **{escaped(found.sentence())}**", ""]
    lines += [f"- {escaped(doubt)}" for doubt in found.doubts]
    lines += [*([""] if found.doubts else []), "| | threshold | measured |", "| --- | --- | --- |"]
    lines += [_row(one) for one in rows[:_MOST]]
    if len(rows) > _MOST:
        lines += ["", f"and {len(rows) - _MOST:,} more"]
    lines += [line for note in found.notes for line in ("", f"_{escaped(note)}._")]
    return "\n".join(lines) + "\n"


def _row(one: Judged) -> str:
    result = one.result
    sign = {
        Outcome.KEPT: Verdict.PASSED,
        Outcome.UNKNOWN: Verdict.INCONCLUSIVE,
    }.get(result.outcome, Verdict.FAILED if one.rule.severity is Severity.FAIL else Verdict.WARNED)
    of = f"<br>{escaped(endpoint_in_words(result.endpoint))}" if result.endpoint else ""
    beside = f" ({escaped(result.beside)})" if result.beside else ""
    told = escaped(result.why) if result.why else f"{one.value()}{beside}"
    return f"| {SIGNS[sign]} | {escaped(one.sentence)}{of} | {told} |"


def escaped(text: str) -> str:
    """Return *text* on one line, with nothing in it that Markdown or HTML would obey."""
    return (
        _SPECIAL.sub(r"\\\1", " ".join(text.split()))
        .replace("\\<", "&lt;")
        .replace("\\@", "@\u200b")
    )
