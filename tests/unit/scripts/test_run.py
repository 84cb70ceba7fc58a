"""`scripts/run.sh` is what `make run` calls, and ends with the code that make turns into 2."""

from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

LIMIT_BROKEN = {"--format {{.Health}}": ("healthy", 0), "run --rm": ("", 1)}


@pytest.mark.parametrize("line", [("--users", "3"), ("--users=3",)])
def test_its_options_are_written_as_swarmscope_s_are(tmp_path: Path, line: tuple[str, ...]) -> None:
    alone = MakeAlone(tmp_path, LIMIT_BROKEN)
    done = alone.types("scripts/run.sh", *line, "--max-fail-ratio", "5%")
    assert done.returncode == 1, done.stderr
    said = alone.last()
    assert said[-len(line) - 2 :] == (*line, "--max-fail-ratio", "5%")
    assert "--max-fail-ratio=3%" not in said  # what the demo may, and nobody said


@pytest.mark.parametrize(
    ("settings", "may"), [("", True), ("LOCUST_HOST=https://shop.example\n", False)]
)
def test_the_demo_may_fail_as_it_does_by_design_and_no_other_target(
    tmp_path: Path, settings: str, may: bool
) -> None:
    alone = MakeAlone(tmp_path, {"--format {{.Health}}": ("healthy", 0)})
    (alone.folder / ".env").write_text(settings)
    said = alone.run("run", "USERS=3").stderr
    assert ("--max-fail-ratio=3%" in alone.last()) == may
    assert ("3 %" in said) == may


def test_make_ends_with_2_where_it_ends_with_1(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, LIMIT_BROKEN)
    assert alone.run("run", "USERS=3").returncode == 2
