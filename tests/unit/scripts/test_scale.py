"""`make scale` changes the number of workers to the one that it is given, and to no other."""

from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

BEFORE = "WORKERS=8\n"


def scaled(alone: MakeAlone, *words: str, **env: str) -> str:
    """Scale, which must be refused and change nothing; return what was said."""
    (alone.folder / ".env").write_text(BEFORE)
    done = alone.run("scale", *words, **env)
    assert done.returncode == 2
    assert "Nothing was changed." in done.stderr
    assert "WORKERS=" in done.stderr
    assert (alone.folder / ".env").read_text() == BEFORE
    assert not [call for call in alone.calls() if "up" in call.arguments]
    return done.stderr


@pytest.mark.parametrize("words", [(), ("WORKERS=",)])
def test_without_a_number_it_says_how_many_run(tmp_path: Path, words: tuple[str, ...]) -> None:
    """It went to two, and halved a test that ran."""
    said = scaled(MakeAlone(tmp_path), *words)
    assert "WORKERS isn't given; 2 of them run." in said
    assert "make scale WORKERS=8" in said


@pytest.mark.sample(4)
@pytest.mark.parametrize(
    "number", ["0", "abc", "-3", "1001", "9" * 40, "08", "1e2", "2.0", "٣", "2 3", "\u001b[2J"]
)
def test_a_number_that_can_t_be_meant_is_refused_in_words_of_our_own(
    tmp_path: Path, number: str
) -> None:
    """Compose takes 0, and of a word it shows what its parser says."""
    said = scaled(MakeAlone(tmp_path), f"WORKERS={number}")
    assert "no number of workers" in said or "no more than 1000" in said
    assert "from 1 to 1000" in said
    assert "make scale WORKERS=8" in said
    assert said.replace("\n", "").isprintable()


def test_a_stack_that_isn_t_up_gets_no_workers_without_a_master(tmp_path: Path) -> None:
    said = scaled(MakeAlone(tmp_path, {"compose.oneoff=False": ("", 0)}), "WORKERS=4")
    assert "The stack isn't up" in said
    assert "make up WORKERS=4" in said


def test_the_number_is_remembered(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("scale", "WORKERS=1000")
    assert (done.returncode, done.stdout) == (0, "1000 workers; there were 2.\n")
    assert "WORKERS=1000" in (alone.folder / ".env").read_text().splitlines()
    assert alone.last()[-1] == "locust-worker"
