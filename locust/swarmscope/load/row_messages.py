"""What a worker and its master tell each other of rows, over Locust's own channel.

A worker asks for as many rows as users wait at that moment, and for none in advance: what it was
given and has not used is lost with it.
"""

from typing import Any, NamedTuple, Protocol

from swarmscope.load.csv_rows import Row
from swarmscope.load.dealer import MOST


class Source(Protocol):
    """Where rows come from in this process."""

    @property
    def columns(self) -> Row:
        """Their columns, known once there was a row."""

    def take(self) -> Row | None:
        """Return a row, or None where there is none any more."""


class Question(NamedTuple):
    """What a worker asks."""

    number: int
    wanted: int
    """Users that wait for a row."""
    columns: Row | None
    """Of its own file, where it has one."""


def asking(name: str) -> str:
    """Return the type of the message that asks for rows of the file *name*."""
    return f"swarmscope_ask_rows {name}"


def dealing(name: str) -> str:
    """Return the type of the message that brings them."""
    return f"swarmscope_rows {name}"


def read(data: Any) -> Question | None:
    """Return what is asked in *data*, or None where that is no question: anybody may send one."""
    try:
        question = Question(**data)
    except TypeError:
        return None
    fits = isinstance(question.number, int) and isinstance(question.wanted, int)
    return question if fits and 0 < question.wanted <= MOST else None
