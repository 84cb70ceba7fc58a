"""A comparison as lines for a terminal."""

from swarmscope.comparison.compared import Comparison, Row
from swarmscope.gate.verdict import endpoint_in_words, shown
from swarmscope.inference.comparison import Answer
from swarmscope.terminal import aligned, one_line

_ORDER = (Answer.WORSE, Answer.BETTER, Answer.UNKNOWN, Answer.SAME)
_HEAD = ("ANSWER", "METRIC", "ENDPOINT", "BASE", "NEW", "CHANGE", "BECAUSE")
_NUMBERS = frozenset({"BASE", "NEW"})


def table(found: Comparison) -> list[str]:
    """Return a line for each endpoint and metric, what is worse first, and what else is to say."""
    rows = sorted(found.rows, key=lambda row: (not row.of_all, _place(row)))
    lines = aligned([_HEAD, *(_cells(row) for row in rows)], _NUMBERS)
    gone = [f"gone: {one_line(endpoint_in_words(key))}" for key in found.vanished]
    new = [f"new: {one_line(endpoint_in_words(key))}" for key in found.appeared]
    left = [f"left out: {one_line(text)}" for text in found.left_out]
    why = (f"?  {one_line(str(one))}" for one in (*found.unseen, *found.doubts))
    return [*lines, *gone, *new, *left, *why]


def _place(row: Row) -> int:
    return _ORDER.index(row.difference.answer)


def _cells(row: Row) -> tuple[str, ...]:
    told = row.difference
    return (
        told.answer,
        row.metric,
        one_line(row.where()),
        shown(row.base, row.unit),
        shown(row.new, row.unit),
        row.change(),
        told.why or told.method,
    )
