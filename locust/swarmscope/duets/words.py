"""A duet's verdict for people: lines for a terminal, and Markdown."""

from collections.abc import Sequence

from swarmscope.duets.comparison import Compared
from swarmscope.duets.verdict import DuetVerdict, ratio, where
from swarmscope.gate.markdown import escaped
from swarmscope.gate.metrics import Unit
from swarmscope.gate.verdict import shown
from swarmscope.inference.comparison import Answer
from swarmscope.terminal import one_line
from swarmscope.words import some_of

_HEAD = ("", "", "A", "B", "B/A", "")
_SIGNS = {Answer.WORSE: "❌", Answer.BETTER: "✅", Answer.SAME: "✅", Answer.UNKNOWN: "❔"}
_MOST = 60
"""Rows: a comment has a most of signs, and nobody reads more."""


def table(found: DuetVerdict) -> list[str]:
    """Return a line for each comparison, and one for each doubt and each note."""
    rows = [_HEAD, *(_cells(one) for one in found.compared)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_HEAD))]
    lines = [one_line(_line(row, widths)) for row in rows]
    told = [one_line(found.told)] if found.told else []
    doubts = [f"?  {one_line(why)}" for why in (*found.doubts, *found.uneven)]
    return [*told, *lines, *doubts, *map(one_line, found.notes)]


def _cells(one: Compared) -> tuple[str, ...]:
    unit = Unit.SHARE if one.of == "failure_rate" else Unit.TIME
    why = f": {one.difference.why}" if one.difference.why else ""
    values = (shown(one.a, unit), shown(one.b, unit))
    return (where(one), str(one.of), *values, ratio(one), f"{one.difference.answer}{why}")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    endpoint, of, a, b, difference, answer = (
        f"{text:<{width}}" if i in {0, 1, 5} else f"{text:>{width}}"
        for i, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"{endpoint}  {of}  {a}  {b}  {difference}  {answer}".rstrip()


def markdown(found: DuetVerdict) -> str:
    """Return the verdict's sentence, and a table of all comparisons."""
    lines = [f"{_SIGNS[found.answer]} **{escaped(found.sentence())}**", ""]
    doubts = (*found.doubts, *found.uneven)
    lines += [f"- {escaped(why)}" for why in doubts]
    lines += [
        *([""] if doubts else []),
        "| | of | | A | B | B/A | |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows = [_row(one) for one in found.compared]
    lines += some_of(rows, _MOST)
    lines += ["", *map(escaped, [*found.notes, found.told])]
    return "\n".join(lines) + "\n"


def _row(one: Compared) -> str:
    endpoint, of, a, b, difference, answer = _cells(one)
    sign = _SIGNS[one.difference.answer]
    return f"| {sign} | {escaped(endpoint)} | {of} | {a} | {b} | {difference} | {escaped(answer)} |"
