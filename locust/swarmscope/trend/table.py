"""The history of a test as lines for a terminal."""

from collections.abc import Iterator

from swarmscope.gate.verdict import shown
from swarmscope.terminal import aligned, one_line
from swarmscope.trend.found import Row, Trend, moment, short
from swarmscope.trend.levels import Change

_HEAD = ("CHANGE", "METRIC", "ENDPOINT", "BEFORE", "AFTER", "SIZE", "SINCE", "COMMIT", "RUNS", "P")
_NUMBERS = frozenset({"BEFORE", "AFTER", "SIZE", "RUNS", "P"})


def table(found: Trend) -> list[str]:
    """Return a line for each change, the newest first, or that there is none; and what else is."""
    rows = sorted(found.rows, key=lambda row: not row.worse_now)
    lines = [cells for row in rows for cells in _cells(row)]
    return [*aligned([_HEAD, *lines], _NUMBERS), *(one_line(note) for note in found.notes())]


def _cells(row: Row) -> Iterator[tuple[str, ...]]:
    where = one_line(row.where())
    if not row.told_now:
        told = f"not since {one_line(row.without[0].run)}" if row.without else ""
        yield ("can't tell", row.metric, where, "", "", "", told, "", str(len(row.runs)), "")
    elif row.levels and not row.changes:
        level = shown(row.levels.now, row.unit)
        told = f"seen from {row.smallest()} on"
        yield ("none", row.metric, where, level, level, "", told, "", str(len(row.runs)), "")
    for change in reversed(row.changes):
        yield _of_change(row, where, change)


def _of_change(row: Row, where: str, change: Change) -> tuple[str, ...]:
    first = row.first(change)
    return (
        "worse" if row.is_worse(change) else "better",
        row.metric,
        where,
        shown(change.before, row.unit),
        shown(change.after, row.unit),
        row.size(change),
        f"{one_line(first.run)}, {moment(first.start)}",
        one_line(short(first.commit)),
        str(change.until - change.index),
        f"{change.p:.3f}",
    )
