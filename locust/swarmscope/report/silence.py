"""Whether a run ended in silence: what its users waited for at its end is in no figure."""

from dataclasses import dataclass
from typing import Self

from swarmscope.report.contents import Contents
from swarmscope.words import count_of

_SHORTEST_MS = 3_000
_LONGER = 2
"""As many times as long as the longest pause before it: users that wait long are no silence."""


@dataclass(frozen=True)
class Silence:
    """How long no request was answered at the end of a run, and how many users there were."""

    seconds: float
    users: int

    @classmethod
    def of(cls, contents: Contents) -> Self | None:
        """Return that of the run, or None where there was none, or nobody can say."""
        stop = contents.run["stop"]
        told = contents.tables["requests_per_second"]
        answered = [row["time"] for row in told.records() if row["value"]]
        # A part ends where somebody cut it, not where users were cut off.
        if contents.part or stop is None or not answered:
            return None
        window = told.window * 1_000
        ends = [contents.run["start"], *(time + window for time in answered)]
        pauses = [time - end for time, end in zip(answered, ends, strict=False)]
        quiet = stop - ends[-1]
        users = _users_at_the_end(contents, ends[-1], stop)
        if quiet < _SHORTEST_MS or quiet <= _LONGER * max(pauses) or not users:
            return None
        return cls(quiet / 1_000, users)

    def line(self) -> str:
        """Say so in one line."""
        return (
            f"In its last {self.seconds:,.0f} s no request was answered, with "
            f"{count_of(self.users, 'user')}: what they waited for is in no figure, and no failure"
        )


def _users_at_the_end(contents: Contents, since: int, stop: int) -> int:
    """Return how many users there were last, before they were stopped."""
    told = contents.tables["users"]
    rows = [r for r in told.records() if since <= r["time"] <= stop - told.window * 1_000]
    return sum(row["value"] for row in rows if row["time"] == rows[-1]["time"])
