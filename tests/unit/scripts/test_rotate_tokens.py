"""`make rotate-tokens` revokes what it replaced once nobody needs it, and says how much."""

from pathlib import Path

from tests.fixtures.make_alone import MakeAlone


def test_no_other_step_starts_what_revokes_tokens(tmp_path: Path) -> None:
    """`up` started bootstrap once more: it revoked them, and "0 replaced" was what users read."""
    alone = MakeAlone(tmp_path)
    assert alone.run("rotate-tokens").returncode == 0
    calls = [call.arguments for call in alone.calls() if "compose" in call.arguments]
    (up,) = [call for call in calls if "up" in call]
    assert up[-3:] == ("--no-deps", "telegraf", "grafana")
    assert calls.index(up) < len(calls) - 1
    assert calls[-1][-1] == "bootstrap"
