"""Fields of any measurement: their numbers while a run went on, or what there was instead."""

import json
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from swarmscope.gate.course import Course
from swarmscope.gate.metrics import Field, Tags, quoted
from swarmscope.gate.samples import BEFORE_S, Sample, growth
from swarmscope.store.question import Question, Reader
from swarmscope.words import some_of

_AT_ONCE_MS = 3_600_000
"""Asked for at once: of a machine with many processors a store's answer has no more than it may."""
_MOST_NAMED = 8
MISTYPED = "did you mean"
"""It says so where there is a name that is nearly the same."""
_INSTEAD = {
    ("cpu", "usage_active"): ", which Telegraf writes where report_active = true; without it "
    "`max(cpu.usage_active) < 80` is `min(cpu.usage_idle) > 20`"
}
"""What has another name here than people know it by."""


class Fields:
    """What a store has of fields while the run of *course* went on; each is asked for once."""

    def __init__(self, reader: Reader, run: str, course: Course) -> None:
        self._reader, self._run = reader, run
        self._start, self._stop = int(course.start * 1_000), int(course.stop * 1_000)
        self._samples: dict[tuple[str, str, Tags], list[Sample]] = {}
        self._names: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def samples(self, field: Field) -> list[Sample]:
        """Return the numbers of *field*, those that were written first before others.

        Where it is asked by how much a counter grew, they are what it grew by.

        Raises:
            ConfigurationError: there are more of them than an answer may have.
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        key = field.measurement, field.field, field.tags
        if key not in self._samples:
            # A worker's last point has the time at which the run ended.
            self._samples[key] = list(self._asked(field, self._start, self._stop + 1))
        if field.aggregate != "increase":
            return self._samples[key]
        return list(growth(self._before(field), self._samples[key], self._start / 1_000))

    def is_silent(self, field: Field) -> bool:
        """Whether nobody wrote *field* with any tags, or a counter shortly before the run either.

        Where others write it its tags may be mistyped, and what holds text counts nothing. A
        counter that was there, and is no more, may have lost who writes it.

        Raises:
            ConfigurationError: there are more of them than an answer may have.
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        if self._samples.get((field.measurement, field.field, field.tags)):
            return False
        rows = self._named(field.measurement, field.field)
        if any(row["kind"] == "series" for row in rows):
            return False
        return field.aggregate != "increase" or not self._before(field)

    def _before(self, field: Field) -> list[Sample]:
        return list(self._asked(field, self._start - BEFORE_S * 1_000, self._start))

    def _asked(self, field: Field, since: int, until: int) -> Iterable[Sample]:
        for start in range(since, until, _AT_ONCE_MS):
            stop = min(start + _AT_ONCE_MS, until)
            asked = Question(
                "field_values",
                self._run,
                start,
                stop,
                measurement=field.measurement,
                field=field.field,
                tags=field.tags,
            )
            for row in self._reader.ask(asked).records():
                if row["value"] is not None:  # past all numbers
                    inside = min(row["time"], self._stop - 1)
                    yield Sample(inside / 1_000, row["tags"], row["value"])

    def lack(self, measurement: str, field: str, tags: Tags) -> str:
        """Say why no number of *field* was found, and what there is that is called nearly so.

        Raises:
            StoreUnreachableError: the store doesn't answer, or refuses us.

        """
        if self._samples.get((measurement, field, tags)):
            return "each of its series was written once, and how much one grew takes two values"
        rows = self._named(measurement, field)
        named = {
            kind: sorted({row["name"] for row in rows if row["kind"] == kind})
            for kind in ("measurement", "field")
        }
        if measurement not in named["measurement"]:
            there = _nearest(measurement, named["measurement"])
            return f"nobody wrote a measurement {measurement} while it went on{there}"
        if field not in named["field"]:
            there = _INSTEAD.get((measurement, field)) or _nearest(field, named["field"])
            return f"{measurement} has no field {field}{there}"
        series = [json.loads(row["tags"]) for row in rows if row["kind"] == "series"]
        return _without_tags(f"{measurement}.{field}", tags, series)

    def _named(self, measurement: str, field: str) -> list[dict[str, Any]]:
        """Return what there is in the run's time: measurements, fields, and series of *field*."""
        key = measurement, field
        if key not in self._names:
            span = self._start, max(self._stop, self._start + 1)
            asked = Question("field_names", self._run, *span, measurement=measurement, field=field)
            self._names[key] = self._reader.ask(asked).records()
        return self._names[key]


def _without_tags(path: str, tags: Tags, series: Sequence[dict[str, str]]) -> str:
    for name, value in tags:
        if not any(name in one for one in series):
            there = _nearest(name, sorted({tag for one in series for tag in one}))
            return f"no point of {path} has a tag {name}{there}"
        values = sorted({one[name] for one in series if name in one})
        if value not in values:
            told = [f"{name}={quoted(one)}" for one in values]
            there = _nearest(f"{name}={quoted(value)}", told)
            return f"no point of {path} has {name}={quoted(value)}{there}"
    if any(all(one.get(name) == value for name, value in tags) for one in series):
        return f"{path} holds no numbers"
    return f"no point of {path} has all of these tags"


def _nearest(name: str, there: Sequence[str]) -> str:
    """Name those that are *there*, and first the one that is called nearly so."""
    nearest = get_close_matches(name, there, 1)
    perhaps = f": {MISTYPED} {nearest[0]}?" if nearest else ""
    others = ", ".join(some_of(there, _MOST_NAMED))
    if not nearest or len(there) == 1:
        return perhaps or (f": there are {others}" if there else "")
    return f"{perhaps} There are {others}"
