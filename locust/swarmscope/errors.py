"""Errors a user can meet, and the exit code each of them ends a command with."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a ``swarmscope`` command ends with: "a limit is broken" is not "the tool failed"."""

    FINE = 0
    LIMIT_BROKEN = 1
    WRONG_USAGE = 2
    NO_DATA = 3
    STORE_UNREACHABLE = 4
    INCONCLUSIVE = 5
    OWN_FAULT = 70
    """A program's own error, as sysexits has it: Python's 1 would say that a limit is broken."""
    INTERRUPTED = 130
    """What shells expect of a program that Ctrl-C ended."""


class SwarmscopeError(Exception):
    """An error told in three parts: what happened, what became of the data, what to do next."""

    exit_code = ExitCode.WRONG_USAGE

    def __init__(self, happened: str, *, data: str = "", remedy: str = "") -> None:
        self.happened = happened
        self.data = data
        self.remedy = remedy
        super().__init__(" ".join(part for part in (happened, data, remedy) if part))


class ConfigurationError(SwarmscopeError):
    """A setting or an argument that cannot be used."""


class NoDataError(SwarmscopeError):
    """The store answered, and holds nothing for what was asked."""

    exit_code = ExitCode.NO_DATA


class StoreUnreachableError(SwarmscopeError):
    """The store did not answer, or refused us."""

    exit_code = ExitCode.STORE_UNREACHABLE


class BucketMissingError(StoreUnreachableError):
    """The store has no such bucket, or doesn't show it to this token."""


class StoreBusyError(SwarmscopeError):
    """Another process holds the store's file: the one with the number *holder*."""

    def __init__(self, happened: str, *, data: str, remedy: str, holder: int) -> None:
        super().__init__(happened, data=data, remedy=remedy)
        self.holder = holder
