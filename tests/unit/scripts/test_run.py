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


@pytest.mark.parametrize(
    "line", [("--thresholds", "my limits.yaml"), ("--thresholds=my limits.yaml",)]
)
def test_the_container_has_the_file_of_thresholds_and_no_other(
    tmp_path: Path, line: tuple[str, ...]
) -> None:
    alone = MakeAlone(tmp_path, {"--format {{.Health}}": ("healthy", 0)})
    (alone.folder / "my limits.yaml").write_text("fail: [p95 < 1s]")
    done = alone.types("scripts/run.sh", "--users", "3", *line)
    assert done.returncode == 0, done.stderr
    said = alone.last()
    mounted = said.index("--volume")
    assert said[mounted + 1] == f"{alone.folder}/my limits.yaml:/thresholds.yaml:ro"
    assert said[mounted + 2] == "driver"
    assert said[-2:] == ("--thresholds", "/thresholds.yaml")
    # How many may fail is the file's to say, of the demo shop, too.
    assert "--max-fail-ratio=3%" not in said


@pytest.mark.parametrize(
    ("words", "mounted"),
    [((), "stack's.yaml"), (("THRESHOLDS=mine.yaml",), "mine.yaml"), (("THRESHOLDS=",), None)],
)
def test_the_stack_s_own_thresholds_hold_for_a_run_that_names_no_others(
    tmp_path: Path, words: tuple[str, ...], mounted: str | None
) -> None:
    alone = MakeAlone(tmp_path, {"--format {{.Health}}": ("healthy", 0)})
    (alone.folder / ".env").write_text("THRESHOLDS=stack's.yaml\n")
    for name in ("stack's.yaml", "mine.yaml"):
        (alone.folder / name).touch()
    done = alone.run("run", "USERS=3", *words)
    assert done.returncode == 0, done.stderr
    said = alone.last()
    files = [word for word in said if word.endswith(":/thresholds.yaml:ro")]
    assert files == ([f"{alone.folder}/{mounted}:/thresholds.yaml:ro"] if mounted else [])
    assert said.count("--thresholds") == len(files)
    # How many requests of the demo shop may fail is the file's to say, where there is one.
    assert ("--max-fail-ratio=3%" in said) == (mounted is None)


def test_a_file_of_thresholds_that_is_not_there_starts_nothing(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"--format {{.Health}}": ("healthy", 0)})
    done = alone.run("run", "USERS=3", "THRESHOLDS=nowhere.yaml")
    assert done.returncode == 2
    assert "THRESHOLDS is 'nowhere.yaml', and there is no such file" in done.stderr
    assert "--volume" not in alone.last()
