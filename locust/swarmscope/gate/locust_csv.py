"""Locust's own statistics, as `locust --csv` writes them, from its version 1.0 on."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from pathlib import Path
from typing import NoReturn

from swarmscope.errors import ConfigurationError
from swarmscope.gate.course import Course, Endpoint, Window
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Tally

WINDOW_S = 10
"""Of a history's windows: workers report to their master each three seconds alone."""
_MOST_BYTES = 256 << 20
_STATS, _HISTORY = "_stats.csv", "_stats_history.csv"
_PERCENTILE = re.compile(r"(\d+(?:\.\d+)?)%")
_TOTALS = (AGGREGATED[0], ("", "None"))
"""Name and types of the row of all requests: an endpoint of one's own may be called so, too."""


@dataclass(frozen=True)
class Row:
    """What a run came to at *endpoint*; times in ms, None where there is none."""

    endpoint: Endpoint
    requests: int
    failures: int
    avg: float | None
    min: float | None
    max: float | None
    rate: float
    percentiles: Mapping[float, float] = field(default_factory=dict)
    """Percent to ms: as Locust rounds them."""


@dataclass(frozen=True)
class Statistics:
    """The rows of the file at *path*, and the one of all requests *together*."""

    path: Path
    together: Row
    endpoints: Mapping[Endpoint, Row]

    @property
    def name(self) -> str:
        """What the run is called: what was given to ``--csv``."""
        return self.path.name.removesuffix(_STATS)

    @property
    def history(self) -> Path:
        """The file beside it, with the same in the course of time."""
        return self.path.with_name(self.name + _HISTORY)


def statistics(path: Path) -> Statistics:
    """Return the statistics in the file at *path*; the part before ``_stats.csv`` is enough.

    Raises:
        ConfigurationError: it is none of Locust's, or not all of it.

    """
    beside = path.with_name(path.name + _STATS)
    path = path if path.is_file() or not beside.exists() else beside
    rows = [_row(cells) for cells in _cells(path)]
    totals = [row for row in rows if _is_total(row.endpoint)]
    if not totals:
        _refuse(path, "it has no row Aggregated: Locust hadn't written all of it")
    # Locust's own is the last.
    endpoints = {row.endpoint: row for row in rows if row is not totals[-1]}
    return Statistics(path, totals[-1], endpoints)


def _is_total(endpoint: Endpoint) -> bool:
    name, kinds = _TOTALS
    return endpoint[0] == name and endpoint[1] in kinds


@dataclass(frozen=True)
class History:
    """The *course* of a run, of counts and mean times alone, and what it came to at its end."""

    course: Course
    requests: int
    failures: int


def history_of(path: Path) -> History:
    """Return the history of a run in the file at *path*.

    Raises:
        ConfigurationError: it is none of Locust's.

    """
    moments: dict[Endpoint, list[tuple[int, int, int, float]]] = defaultdict(list)
    for cells in _cells(path, history=True):
        count, failures = cells.count("total request count"), cells.count("total failure count")
        total = count * (cells.number("total average response time") or 0)
        of = moments[AGGREGATED if _is_total(cells.endpoint) else cells.endpoint]
        time = cells.count("timestamp")
        if of and of[-1][0] == time:
            of.pop()  # Locust's own is the last
        of.append((time, count, failures, total))
    if AGGREGATED not in moments:
        _refuse(path, "it has no row Aggregated: Locust hadn't begun to write it")
    of_all = moments[AGGREGATED]
    times = [moment[0] for moment in of_all]
    windows = {key: tuple(_windows(some)) for key, some in moments.items()}
    together = windows.pop(AGGREGATED)
    course = Course(times[0], max(times[-1], times[0] + 1), together, windows)
    return History(course, *of_all[-1][1:3])


def _windows(moments: Sequence[tuple[int, int, int, float]]) -> Iterator[Window]:
    """Yield windows of what was counted from one of *moments* to the next."""
    tallies: dict[int, Tally] = defaultdict(Tally)
    before = (0, 0, 0.0)
    for time, *sums in moments:
        if sums[0] < before[0]:
            before = (0, 0, 0.0)  # --reset-stats begins anew when all users run
        count, failures, total = (now - then for now, then in zip(sums, before, strict=True))
        if count or failures:
            tally = tallies[max(moments[0][0], time - 1) // WINDOW_S * WINDOW_S]
            tally.count += int(count)
            tally.timed += int(count)
            tally.failures += int(failures)
            tally.total += total
        before = (int(sums[0]), int(sums[1]), sums[2])
    return (Window(start, WINDOW_S, tallies[start]) for start in sorted(tallies))


@dataclass(frozen=True)
class _Cells:
    """The cells of one line, by the names of their columns in small letters."""

    path: Path
    line: int
    cells: Mapping[str, str]

    @property
    def endpoint(self) -> Endpoint:
        return self.cells["name"], self.cells["type"]

    def number(self, column: str) -> float | None:
        """Return a number, or None where Locust says that there is none."""
        text = self.cells[column]
        if text in ("", "N/A"):
            return None
        try:
            value = float(text)
        except ValueError:
            value = -1
        if value < 0 or not isfinite(value):
            _refuse(self.path, f"line {self.line} has {text!r} as its {column}")
        return value

    def count(self, column: str) -> int:
        """Return a number that must be there."""
        value = self.number(column)
        if value is None or value != int(value):
            _refuse(self.path, f"line {self.line} has no whole number as its {column}")
        return int(value)


def _row(cells: _Cells) -> Row:
    requests, failures = cells.count("request count"), cells.count("failure count")
    times = (cells.number(f"{word} response time") for word in ("average", "min", "max"))
    avg, least, most = (time if requests else None for time in times)
    percentiles = {
        float(found[1]): cells.number(column)
        for column in cells.cells
        if (found := _PERCENTILE.fullmatch(column))
    }
    known = {percent: ms for percent, ms in percentiles.items() if ms is not None and requests}
    rate = cells.number("requests/s") or 0
    return Row(cells.endpoint, requests, failures, avg, least, most, rate, known)


_COLUMNS = (
    *("type", "name", "request count", "failure count", "average response time"),
    *("min response time", "max response time", "requests/s"),
)
_COLUMNS_OF_HISTORY = (
    *("timestamp", "type", "name", "total request count", "total failure count"),
    "total average response time",
)


def _cells(path: Path, *, history: bool = False) -> Iterator[_Cells]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            _refuse(path, f"it is longer than the {_MOST_BYTES >> 20} MiB that are read")
        # A spreadsheet puts a mark before it, and Locust on Windows ends its lines twice.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = [column.strip().lower() for column in next(rows, [])]
            _check_header(path, header, history=history)
            for cells in rows:
                if len(cells) not in (0, len(header)):
                    _refuse(path, f"line {rows.line_num} has {len(cells)} cells, not {len(header)}")
                if cells:
                    yield _Cells(path, rows.line_num, dict(zip(header, cells, strict=True)))
    except OSError as error:
        raise ConfigurationError(
            f"{path} can't be read ({error.strerror}).",
            data="Nothing was judged.",
            remedy=f"Name the file that `locust --csv NAME` wrote: NAME{_STATS}.",
        ) from error
    except (csv.Error, UnicodeDecodeError) as error:
        _refuse(path, f"it is no CSV ({error})")


def _check_header(path: Path, header: Sequence[str], *, history: bool) -> None:
    if not header:
        _refuse(path, "it is empty")
    if "# requests" in header:
        _refuse(path, "it is of a Locust older than 1.0, whose files are others")
    if "timestamp" in header and not history:
        _refuse(path, f"it is the history of a run: name the file {_STATS} beside it")
    wanted = _COLUMNS_OF_HISTORY if history else _COLUMNS
    lacking = [column for column in wanted if column not in header]
    if lacking:
        _refuse(path, f"it has no column {', '.join(lacking)}")


def _refuse(path: Path, why: str) -> NoReturn:
    raise ConfigurationError(
        f"{path} can't be used: {why}.",
        data="Nothing was judged.",
        remedy=f"Name the file that `locust --csv NAME` wrote: NAME{_STATS}.",
    )
