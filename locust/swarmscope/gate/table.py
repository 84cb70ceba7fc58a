"""A verdict as lines for a terminal."""

from collections.abc import Sequence
from datetime import UTC, datetime
from math import ceil, floor

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import Judged, RunVerdict, endpoint_in_words
from swarmscope.terminal import one_line

_SIGNS = {Outcome.KEPT: "ok", Outcome.UNKNOWN: "?"}


def table(found: RunVerdict) -> list[str]:
    """Return where it was read, a line for each threshold, for each doubt and each note."""
    rows = [_cells(one) for one in found.judged]
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    lines = [_line(row, widths) for row in rows]
    source = [f"From {one_line(found.source)}:"] if found.source else []
    doubts = (f"?     {one_line(doubt)}" for doubt in found.doubts)
    return [*source, *lines, *doubts, *(f"note  {one_line(note)}." for note in found.notes)]


def _cells(one: Judged) -> tuple[str, str, str, str]:
    result = one.result
    broken = "FAIL" if one.rule.severity is Severity.FAIL else "warn"
    of = f"  [{endpoint_in_words(result.endpoint)}]" if result.endpoint else ""
    return (
        _SIGNS.get(result.outcome, broken),
        one_line(f"{one.sentence}{of}"),
        one.value() if not result.why else "",
        one_line(result.why or ", ".join(filter(None, (_when(one), result.beside)))),
    )


def _when(one: Judged) -> str:
    start, stop = one.result.start, one.result.stop
    if start is None or stop is None or not one.rule.threshold.time.over:
        return ""
    # Whole seconds that have all of it: a run's last one may be cut.
    ends = (floor(start), ceil(stop))
    first, last = (f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}" for at in ends)
    return f"{first} to {last} UTC"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    sign, sentence, value, more = row
    text = f"{sign:<4}  {sentence:<{widths[1]}}  {value:>{widths[2]}}  {more}"
    return text.rstrip()
