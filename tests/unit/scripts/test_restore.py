"""`make restore` says what it wants where it can't ask."""

from pathlib import Path

from tests.fixtures.make_alone import MakeAlone


def backup(alone: MakeAlone, name: str) -> None:
    (alone.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (alone.folder / name).write_bytes(b"x")


def test_without_a_terminal_it_says_what_to_give(tmp_path: Path) -> None:
    """It asked a question that nobody could answer, and ended in `Error 1`."""
    alone = MakeAlone(tmp_path)
    backup(alone, "my b.tar.gz")
    done = alone.run("restore", "FILE=my b.tar.gz")
    assert done.returncode == 2
    assert "[y/N]" not in done.stderr
    assert "there is no\nterminal to ask on. Nothing was changed." in done.stderr
    assert "make restore FILE='my b.tar.gz' YES=1" in done.stderr
    assert not alone.calls()


def test_with_that_it_restores(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    backup(alone, "b.tar.gz")
    assert alone.run("restore", "FILE=b.tar.gz", "YES=1").returncode == 0
    assert [c for c in alone.calls() if c.arguments[-2:] == ("archive", "swap")]


def test_an_answer_may_be_piped_in(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    backup(alone, "b.tar.gz")
    assert alone.run("restore", "FILE=b.tar.gz", stdin="y\n").returncode == 0


def test_without_a_file_it_names_those_that_there_are(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("restore")
    assert "It isn't said of which backup. Nothing was changed." in done.stderr
    assert "make restore FILE=…" in done.stderr
    assert "backups/" not in done.stderr
    backup(alone, "backups/one.tar.gz")
    assert "    backups/one.tar.gz" in alone.run("restore").stderr.splitlines()
    assert "There is no file two.tar.gz." in alone.run("restore", "FILE=two.tar.gz").stderr
    assert not alone.calls()
