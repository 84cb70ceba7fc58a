"""The load that a run had: how many users it wanted, for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from swarmscope import schema
from swarmscope.store.question import Question, Reader
from swarmscope.words import count_of

_MORE = 0.25
"""By so much of it a step may be longer than another: its users decide, but where they ramp."""
_LONGER_S = 5.0
_MORE_USERS = 1


@dataclass(frozen=True)
class Step:
    """So many *users* were wanted for so many *seconds*, all of them running."""

    users: int
    seconds: float

    def is_like(self, other: "Step") -> bool:
        """Whether both are the same load, for about as long."""
        return self.users == other.users and _about(self.seconds, other.seconds, _LONGER_S)

    def __str__(self) -> str:
        """Return it as people say it."""
        return f"{count_of(self.users, 'user')} for {self.seconds:.0f} s"


@dataclass(frozen=True)
class Load:
    """The *steps* of a run, and what was wanted in all of it: *peak* users at most.

    For *ramped* seconds their number changed, and on the average so many were *running* then, if
    that is known. A short ramp belongs to the step beside it.
    """

    steps: tuple[Step, ...]
    peak: int
    ramped: float = 0
    running: float | None = None

    def is_like(self, other: "Load") -> bool:
        """Whether both are the same load, step by step, and as much of it beside the steps."""
        return (
            self.peak == other.peak
            and len(self.steps) == len(other.steps)
            and all(a.is_like(b) for a, b in zip(self.steps, other.steps, strict=True))
            and _about(self.ramped, other.ramped, _LONGER_S)
            # As many at most, for as long, and another rate: more of them ran meanwhile.
            and (
                self.running is None
                or other.running is None
                or _about(self.running, other.running, _MORE_USERS)
            )
        )

    def is_begin_of(self, other: "Load") -> bool:
        """Whether a run of the load *other* that was ended early would have had this one."""
        pairs = list(zip(self.steps, other.steps, strict=False))
        return (
            self.peak <= other.peak
            and len(self.steps) <= len(other.steps)
            # Of a longer run so short a ramp is a part of its step.
            and self.ramped <= other.ramped + schema.STEP_S
            # As many are wanted at last, and fewer ran: it would have been a quicker ramp.
            and not (
                self.running is not None
                and other.running is not None
                and self.running > other.running
                and not _about(self.running, other.running, _MORE_USERS)
            )
            and all(a.is_like(b) for a, b in pairs[:-1])
            and all(
                a.users == b.users and a.seconds <= b.seconds + _LONGER_S for a, b in pairs[-1:]
            )
        )

    def __str__(self) -> str:
        """Return it as people say it."""
        told = [", then ".join(map(str, self.steps)) or "no step that lasted"]
        if self.ramped:
            told.append(f"{self.ramped:.0f} s of ramps{self._average()}")
        if self.peak > max((step.users for step in self.steps), default=0):
            told.append(f"{self.peak:,} wanted at most")
        return ", ".join(told)

    def _average(self) -> str:
        if self.running is None:
            return ""
        return f" with {count_of(round(self.running), 'user')} on the average"


def _about(one: float, other: float, least: float) -> bool:
    return abs(one - other) <= max(least, _MORE * max(one, other))


def load_of(reader: Reader, run: str) -> Load:
    """Return the load that *run* had.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    rows = reader.ask(Question("load_steps", run)).records()
    steps = [row for row in rows if row["kind"] == "step" and row["wanted"] is not None]
    ramps = [row for row in rows if row["kind"] == "ramp"]
    events = reader.ask(Question("run_events", run)).records()
    return Load(
        tuple(
            Step(int(users), sum(row["seconds"] for row in some))
            # A stage of as many users as the one before it asks for nothing else.
            for users, some in groupby(steps, key=lambda row: row["wanted"])
        ),
        # What a ramp leads to it may never reach.
        peak=max((row["user_count"] or 0 for row in events), default=0),
        ramped=sum(row["seconds"] for row in ramps),
        running=_running(ramps),
    )


def _running(ramps: Sequence[Mapping[str, Any]]) -> float | None:
    told = [row for row in ramps if row["running"] is not None]
    seconds = sum(row["seconds"] for row in told)
    return sum(row["running"] * row["seconds"] for row in told) / seconds if seconds else None
