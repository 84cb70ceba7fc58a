"""When a run that is judged began and ended."""

import pytest

from swarmscope.gate.course import Window, ends
from swarmscope.recording.tally import Tally


@pytest.mark.parametrize(
    ("windows", "began", "stopped", "span"),
    [
        ([10, 19], 10.4, 19.7, (10.4, 19.7)),
        ([12, 15], 10.4, 19.7, (10.4, 19.7)),
        # What was on its way when it was stopped.
        ([10, 22], 10.4, 19.7, (10.4, 23)),
        # A worker whose clock is behind the master's.
        ([8, 19], 10.4, 19.7, (8, 19.7)),
        # Nobody said that it is over.
        ([10, 19], 10.4, 0, (10.4, 20)),
        ([], 10.4, 19.7, (10.4, 19.7)),
        ([], 10.4, 0, (10.4, 10.4)),
    ],
)
def test_no_request_lies_outside(
    windows: list[int], began: float, stopped: float, span: tuple[float, float]
) -> None:
    found = [Window(start, 1, Tally()) for start in windows]
    assert ends(found, began, stopped) == span
