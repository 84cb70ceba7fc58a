"""The history of a test as Markdown, for a comment, a step's summary, a chat."""

from swarmscope.errors import ExitCode
from swarmscope.gate.markdown import escaped
from swarmscope.gate.verdict import shown
from swarmscope.trend.found import Row, Trend, moment, short

_SIGNS = {ExitCode.LIMIT_BROKEN: "❌", ExitCode.INCONCLUSIVE: "❔"}
_MOST = 50
"""Rows: a comment has a most of signs, and nobody reads more."""


def markdown(found: Trend) -> str:
    """Return the answer's sentence, and a table of the changes, what is worse now first."""
    rows = [
        line
        for row in sorted(found.rows, key=lambda row: not row.worse_now)
        for line in _changes(row)
    ]
    # Of these the sentence says the first alone; in a terminal's table each has a line.
    notes = [*found.why_untold(), *found.notes()]
    lines = [f"{_SIGNS.get(found.exit_code, '✅')} **{escaped(found.sentence())}**", ""]
    lines += [f"- {escaped(note)}" for note in notes] + ([""] if notes else [])
    if rows:
        lines += ["| | metric | endpoint | before | after | change | since | commit |"]
        lines += ["| --- | --- | --- | --- | --- | --- | --- | --- |", *rows[:_MOST]]
    if len(rows) > _MOST:
        lines += ["", f"and {len(rows) - _MOST:,} more"]
    return "\n".join(lines) + "\n"


def _changes(row: Row) -> list[str]:
    lines = []
    for change in reversed(row.changes):
        first = row.first(change)
        cells = (
            "❌" if row.is_worse(change) else "⬆️",
            row.metric,
            escaped(row.where()),
            shown(change.before, row.unit),
            shown(change.after, row.unit),
            row.size(change),
            escaped(f"{first.run}, {moment(first.start)}"),
            escaped(short(first.commit)),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines
