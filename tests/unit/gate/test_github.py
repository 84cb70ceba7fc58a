"""What a runner of GitHub's is told."""

from pathlib import Path

from tests.unit.gate.verdicts import (
    ASSUMED,
    BROKEN,
    DOUBT,
    KEPT,
    NOBODY,
    WARNED,
    judged,
    verdict,
)

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.github import annotations, append_summary, is_there


def test_each_reason_is_an_annotation() -> None:
    assert list(annotations(verdict(KEPT, BROKEN, doubts=DOUBT))) == [
        "::error title=Load test inconclusive::a load generator was saturated",
        "::error title=Load test inconclusive::p95 < 300ms is broken: 423 ms",
    ]
    assert list(annotations(verdict(WARNED))) == [
        "::warning title=Load test passed with a warning::p95 < 300ms is broken: 423 ms"
    ]
    assert [line.split()[0] for line in annotations(verdict(WARNED, BROKEN))] == [
        "::error",
        "::warning",
    ]
    (fine,) = annotations(verdict(KEPT))
    assert fine == "::notice title=Load test passed::Run r passed: 1 threshold kept."


def test_what_is_taken_for_0_is_told() -> None:
    told = f"::notice title=Load test {{}}::sum(ordrs.lost or 0) == 0 is kept: 0, {NOBODY}"
    fine, assumed = annotations(verdict(KEPT, ASSUMED))
    assert fine.endswith("::Run r passed: 2 thresholds kept.")
    assert assumed == told.format("passed")
    assert list(annotations(verdict(BROKEN, ASSUMED)))[1:] == [told.format("failed")]


def test_no_name_is_a_command() -> None:
    odd = judged(Outcome.BROKEN, endpoint=("a\n::error::b 100%", "GET"))
    (line,) = annotations(verdict(odd))
    assert line.startswith("::error title=Load test failed::p95 < 300ms (GET a")
    assert "\n" not in line
    assert "100%25" in line


def test_the_step_s_summary_grows(tmp_path: Path) -> None:
    path = tmp_path / "summary"
    path.write_text("before\n")
    append_summary(verdict(KEPT), {"GITHUB_STEP_SUMMARY": str(path)})
    assert path.read_text().startswith("before\n✅ **Run r passed")
    append_summary(verdict(KEPT), {})
    assert path.read_text().count("passed") == 1


def test_elsewhere_nobody_is_told() -> None:
    assert is_there({"GITHUB_ACTIONS": "true"})
    assert not is_there({"GITHUB_ACTIONS": ""})
    assert not is_there({})
