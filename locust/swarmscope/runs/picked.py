"""Which runs of a list are wanted: of some tests, with some labels, of which an audit said so."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from swarmscope.runs.audit import Verdict


class Data(StrEnum):
    """What can be picked of a run's data, a word each: the verdicts, and that it goes on."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    PENDING = "pending"
    NO_DATA = "no-data"
    RUNNING = "running"

    @property
    def begins(self) -> str:
        """How what is said of such a run in a list begins."""
        return Verdict.NO_DATA if self is Data.NO_DATA else self.value


@dataclass(frozen=True)
class Picked:
    """What was picked; of what nothing was, everything."""

    tests: Collection[str] = ()
    labels: Collection[str] = ()
    """An empty one is that of runs without any."""
    verdicts: Collection[Data] = ()

    def __bool__(self) -> bool:
        """Whether anything was."""
        return bool(self.tests or self.labels or self.verdicts)

    def has(self, row: Mapping[str, Any]) -> bool:
        """Whether a *row* of the query `runs` may be wanted, whatever is found of its data."""
        pairs = ((self.tests, row["test"]), (self.labels, row["label"]))
        return all(not picked or (text or "") in picked for picked, text in pairs)

    def judged(self, said: str, *, running: bool) -> bool:
        """Whether a run is wanted of whose data a list says so; one that goes on is *running*."""
        if not self.verdicts or (running and Data.RUNNING in self.verdicts):
            return True
        return any(said.startswith(one.begins) for one in self.verdicts)

    def line(self) -> str:
        """Return what was picked, as options say it."""
        return " ".join(self._words())

    def _words(self) -> Iterator[str]:
        named = (("test", self.tests), ("label", self.labels), ("verdict", self.verdicts))
        for name, picked in named:
            for text in picked:
                yield f"--{name} {text!r}" if name != "verdict" else f"--{name} {text}"
