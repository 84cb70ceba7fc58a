"""What the store keeps of a verdict; that boards have it: tests/integration/test_thresholds.py."""

import pytest
from tests.unit.gate.verdicts import ASSUMED, BROKEN, NOBODY, UNKNOWN

from swarmscope.gate.kept import threshold_lines
from swarmscope.gate.verdict import Judged


@pytest.mark.parametrize(
    ("one", "why"),
    [(UNKNOWN, UNKNOWN.result.why), (ASSUMED, NOBODY), (BROKEN, "")],
)
def test_a_point_says_why_nobody_can_tell_and_what_is_taken_for_0(one: Judged, why: str) -> None:
    (line,) = threshold_lines("r", [one], 0, over=True)
    assert f'why="{why}"' in line
