"""What a run had, window by window and endpoint by endpoint: what thresholds are held against."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any

from swarmscope.gate.threshold import Scope, Which
from swarmscope.recording.tally import Tally

SAME_S = 0.002
"""Answers have milliseconds, and a stage's length has more: whether it ends with the run is no
question of the rest."""
Endpoint = tuple[str, str]
"""Name and method, as they are read: nothing in them is escaped."""


@dataclass(frozen=True)
class Window:
    """The requests of one endpoint that ended in [*start*, *start* + *seconds*), s since 1970."""

    start: int
    seconds: int
    tally: Tally


@dataclass(frozen=True)
class Stage:
    """A stage of the load: from *start* until *stop*, s since 1970; *number* counts from 1."""

    number: int
    name: str
    start: float
    stop: float


@dataclass(frozen=True)
class Course:
    """A run from *start* until *stop*, s since 1970.

    Windows ascend, are multiples of their length, and don't overlap; where an endpoint had no
    request there is none. Those of all endpoints *together* are as short as the run was recorded,
    those of `endpoints` may be longer: their histograms are.
    """

    start: float
    stop: float
    together: tuple[Window, ...]
    endpoints: Mapping[Endpoint, tuple[Window, ...]] = field(default_factory=dict)
    stages: tuple[Stage, ...] = ()

    def named(self, scope: Scope) -> list[Endpoint]:
        """Return the endpoints that *scope* names, in the order of their names."""
        return sorted(key for key in self.endpoints if matches(scope, key))


def matches(scope: Scope, endpoint: Endpoint) -> bool:
    """Whether *scope* names *endpoint*."""
    name, method = endpoint
    if scope.method and scope.method != method:
        return False
    if scope.text is None:
        return True
    if scope.which is Which.GLOB:
        return fnmatchcase(name, scope.text)
    if scope.which is Which.EXPRESSION:
        return re.search(scope.text, name) is not None
    return name == scope.text


def merged(series: Iterable[Iterable[Window]]) -> tuple[Window, ...]:
    """Return the windows of several endpoints as those of one."""
    sums: dict[tuple[int, int], Tally] = {}
    for window in (one for windows in series for one in windows):
        sums.setdefault((window.start, window.seconds), Tally()).merge(window.tally)
    return tuple(Window(*key, sums[key]) for key in sorted(sums))


def ends(windows: Sequence[Window], began: float, stopped: float) -> tuple[float, float]:
    """Return when the run began and ended: windows that lie wholly outside are a part of it."""
    if not windows:
        return began, max(began, stopped)
    first, last = windows[0], windows[-1]
    start = first.start if first.start + first.seconds <= began else began
    return start, stopped if last.start < stopped else last.start + last.seconds


def reaching(
    stages: Iterable[Stage], told: tuple[float, float], course: tuple[float, float]
) -> tuple[Stage, ...]:
    """Return the *stages* of a run as far as its *course* reaches; ends are those that were *told*.

    What is answered after the stop belongs to the last one, as it belongs to the last load step.
    """
    found = list(stages)
    if found and found[0].start <= told[0] + SAME_S:
        found[0] = replace(found[0], start=min(found[0].start, course[0]))
    if found and found[-1].stop >= told[1] - SAME_S:
        found[-1] = replace(found[-1], stop=max(found[-1].stop, course[1]))
    return tuple(found)


def stages_of(steps: Sequence[Mapping[str, Any]]) -> Iterator[Stage]:
    """Yield the stages of a load: its steps, as `load_steps` has them; most have no name."""
    told = [row for row in steps if row["stage"] or row["kind"] == "step"]
    for number, (_, rows) in enumerate(groupby(told, key=_name_or_start), 1):
        some = list(rows)
        start, last = some[0]["start"] / 1_000, some[-1]
        stop = last["start"] / 1_000 + last["seconds"]
        yield Stage(number, str(some[0]["stage"] or ""), start, stop)


def _name_or_start(row: Mapping[str, Any]) -> str | int:
    """Return what tells a stage from the one before it."""
    return str(row["stage"]) if row["stage"] else int(row["start"])
