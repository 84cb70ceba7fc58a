"""What all commands have in common: they print text, and nothing that a terminal would obey."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from swarmscope import terminal

P = ParamSpec("P")
T = TypeVar("T")


def plain(command: Callable[P, T]) -> Callable[P, T]:
    """Return *command* so that it and what follows it print through `terminal.guard`.

    Not before: the colours of --help are ours.
    """

    @wraps(command)
    def run(*arguments: P.args, **options: P.kwargs) -> T:
        terminal.guard()
        return command(*arguments, **options)

    return run
