"""What `swarmscope doctor` says of one thing that it looked at."""

from dataclasses import dataclass
from enum import StrEnum

from swarmscope.errors import ExitCode


class Level(StrEnum):
    """How good a finding is."""

    FINE = "fine"
    WARNING = "warning"
    WRONG = "wrong"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    topic: str
    level: Level
    message: str
    remedy: str = ""


def exit_code(findings: list[Finding]) -> ExitCode:
    """Return what the command ends with: a store that doesn't answer before anything else."""
    levels = {finding.level for finding in findings}
    if Level.UNREACHABLE in levels:
        return ExitCode.STORE_UNREACHABLE
    return ExitCode.WRONG_USAGE if Level.WRONG in levels else ExitCode.FINE
