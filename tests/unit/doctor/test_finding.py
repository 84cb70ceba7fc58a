"""What a diagnosis ends with."""

import pytest

from swarmscope.doctor.finding import Finding, Level, exit_code
from swarmscope.errors import ExitCode


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ((), ExitCode.FINE),
        ((Level.FINE, Level.WARNING), ExitCode.FINE),
        ((Level.FINE, Level.WRONG), ExitCode.WRONG_USAGE),
        ((Level.WRONG, Level.UNREACHABLE, Level.FINE), ExitCode.STORE_UNREACHABLE),
    ],
)
def test_the_worst_finding_decides(levels: tuple[Level, ...], code: ExitCode) -> None:
    assert exit_code([Finding("topic", level, "message") for level in levels]) == code
