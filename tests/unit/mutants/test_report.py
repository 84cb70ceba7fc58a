"""What docs/mutants.md says of modules that were measured a while ago, or not at all."""

from tests.mutants.core import CORE, TOO_SLOW
from tests.mutants.report import Report
from tests.mutants.workshop import Mutant, Score

_KEPT = Mutant("Recorder.handler", "- careful = True + careful = None")


def told(*survivors: Mutant) -> str:
    return Report({"recording/window": Score(9, 7, 0, list(survivors))}).document()


def test_a_survivor_of_code_that_is_gone_has_no_reason_any_more() -> None:
    gone = Mutant("Recorder.gone", "- careful = True + careful = None")
    changed = Mutant("Recorder.handler", "- careful = 7 + careful = None")
    text = told(_KEPT, gone, changed)
    assert "\n1: performance only" in text
    assert "\n2: in code that was changed since it was measured" in text
    assert "unexplained" not in text


def test_a_survivor_without_a_reason_is_said_to_be() -> None:
    assert "\n1: **unexplained**" in told(Mutant("Recorder.handler", "- careful = True + x = 1"))


def test_what_is_not_measured_yet_isn_t_called_too_slow() -> None:
    slow, later = (line for line in told(_KEPT).splitlines() if line.startswith("Not measured"))
    assert all(f"`{module}`" in slow for module in TOO_SLOW)
    assert "too slow" in slow
    assert all(f"`{module}`" in later for module in CORE.keys() - TOO_SLOW - {"recording/window"})
