"""A comparison as Markdown, for a comment, a step's summary, a chat."""

from swarmscope.comparison.compared import Comparison, Overall, Row
from swarmscope.gate.markdown import escaped
from swarmscope.gate.verdict import endpoint_in_words, shown
from swarmscope.inference.comparison import Answer

_SIGNS = {Overall.WORSE: "❌", Overall.UNKNOWN: "❔"}
_OF_ROWS = {Answer.WORSE: "❌", Answer.BETTER: "⬆️", Answer.SAME: "✅", Answer.UNKNOWN: "❔"}
_MOST = 50
"""Rows: a comment has a most of signs, and nobody reads more."""


def markdown(found: Comparison) -> str:
    """Return the answer's sentence, and a table of what was compared, what is worse first."""
    order = list(_OF_ROWS)
    rows = sorted(found.rows, key=lambda row: order.index(row.difference.answer))
    lines = [f"{_SIGNS.get(found.overall, '✅')} **{escaped(found.sentence())}**", ""]
    why = (*found.doubts, *map(str, found.unseen), *found.left_out)
    notes = [f"- {escaped(one)}" for one in why]
    notes += [f"- gone: {escaped(endpoint_in_words(key))}" for key in found.vanished]
    notes += [f"- new: {escaped(endpoint_in_words(key))}" for key in found.appeared]
    lines += [*notes, *([""] if notes else [])]
    lines += [
        "| | metric | endpoint | base | new | change |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    lines += [_row(row) for row in rows[:_MOST]]
    if len(rows) > _MOST:
        lines += ["", f"and {len(rows) - _MOST:,} more"]
    return "\n".join(lines) + "\n"


def _row(row: Row) -> str:
    told = row.difference
    cells = (
        _OF_ROWS[told.answer],
        row.metric,
        escaped(row.where()),
        shown(row.base, row.unit),
        shown(row.new, row.unit),
        row.change() or escaped(told.why),
    )
    return f"| {' | '.join(cells)} |"
