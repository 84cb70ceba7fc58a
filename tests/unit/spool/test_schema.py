"""A spool's file that another process left: what is believed of it, and for how long it is read."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from swarmscope.spool.schema import CREATE, NotASpoolError, careful, index


@pytest.fixture
def db() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    yield made
    made.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.spool"


def count(db: sqlite3.Connection, rows: int) -> None:
    """Let SQLite take about ten steps for each of *rows*."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    assert db.execute(f"{numbers} SELECT count(*) FROM n", (rows,)).fetchone() == (rows,)


def weigh(path: Path, size: int) -> None:
    """Make a file that says to have *size* bytes, and takes none."""
    path.touch()
    os.truncate(path, size)


def test_a_spools_table_is_found(db: sqlite3.Connection, path: Path) -> None:
    db.execute(CREATE)
    with careful(db, path) as filled:
        assert filled is True


def test_its_index_belongs_to_it_and_no_other_of_that_name(
    db: sqlite3.Connection, path: Path
) -> None:
    db.execute(CREATE)
    index(db)
    with careful(db, path) as filled:
        assert filled is True
    db.execute("DROP INDEX batch_by_bucket")
    db.execute("CREATE INDEX batch_by_bucket ON batch (run)")
    with pytest.raises(NotASpoolError, match="index 'batch_by_bucket'"), careful(db, path):
        pytest.fail("it was taken for a spool")


def test_an_index_is_made_where_there_is_none(db: sqlite3.Connection) -> None:
    db.execute(CREATE)
    for _ in range(2):
        index(db)
        plan = db.execute(
            "EXPLAIN QUERY PLAN SELECT * FROM batch WHERE bucket = ? AND id > ? ORDER BY id",
            ("raw", 7),
        ).fetchall()
        assert [row[-1] for row in plan] == [
            "SEARCH batch USING INDEX batch_by_bucket (bucket=? AND rowid>?)"
        ]
    assert not db.in_transaction


def test_where_there_is_no_room_for_an_index_it_goes_without(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(CREATE)
        db.executemany(
            "INSERT INTO batch (bucket, run, requests, points, body) VALUES (?, 'r', 1, 1, x'')",
            [("b" * 500,) for _ in range(100)],
        )
        db.execute("PRAGMA max_page_count = 1")  # no more than it has
        index(db)
        assert not db.in_transaction
        assert db.execute("SELECT count(*) FROM batch").fetchone() == (100,)


def test_damage_that_is_met_while_it_is_indexed_is_no_want_of_room(
    db: sqlite3.Connection,
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        index(db)
    assert not db.in_transaction


def test_a_file_whose_process_died_before_it_made_the_table_has_none(
    db: sqlite3.Connection, path: Path
) -> None:
    with careful(db, path) as filled:
        assert filled is False


@pytest.mark.parametrize(
    ("script", "held"),
    [
        (["CREATE TABLE mail (text)"], "table 'mail'"),
        (["CREATE TABLE batch (id)"], "table 'batch'"),
        (["CREATE VIEW batch AS SELECT 1 AS id"], "view 'batch'"),
        ([CREATE, "CREATE INDEX i ON batch (run)"], "index 'i'"),
        (
            [CREATE, "CREATE TRIGGER t AFTER DELETE ON batch BEGIN DELETE FROM batch; END"],
            "trigger 't'",
        ),
    ],
    ids=["another table", "another table of its name", "view", "index", "trigger"],
)
def test_whatever_else_a_file_holds_makes_it_none(
    db: sqlite3.Connection, path: Path, script: list[str], held: str
) -> None:
    for statement in script:
        db.execute(statement)
    with (
        pytest.raises(NotASpoolError, match=f"^it holds the {held}, as no spool does$"),
        careful(db, path),
    ):
        pytest.fail("it was taken for a spool")


def test_while_it_is_looked_at_nothing_is_written_nor_believed(
    db: sqlite3.Connection, path: Path
) -> None:
    db.execute(CREATE)
    with careful(db, path):
        with pytest.raises(sqlite3.OperationalError, match="attempt to write a readonly database"):
            db.execute("DELETE FROM batch")
        # Functions in its schema don't run, and pages that are damaged are noticed.
        assert db.execute("PRAGMA trusted_schema").fetchone() == (0,)
        assert db.execute("PRAGMA cell_size_check").fetchone() == (1,)
    db.execute("DELETE FROM batch")


def test_an_error_leaves_it_as_usable_as_it_was(db: sqlite3.Connection, path: Path) -> None:
    db.execute(CREATE)
    with pytest.raises(sqlite3.OperationalError, match="no such table: mail"), careful(db, path):
        db.execute("SELECT * FROM mail")
    db.execute("DELETE FROM batch")


def test_reading_without_an_end_is_ended_and_said(db: sqlite3.Connection, path: Path) -> None:
    with (
        pytest.raises(
            NotASpoolError, match=r"^reading it takes longer than a spool of its size$"
        ) as caught,
        careful(db, path),
    ):
        count(db, 10**9)
    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    # Afterwards it may take as long as it likes.
    count(db, 10**6)


def test_any_file_may_take_some_time(db: sqlite3.Connection, path: Path) -> None:
    with careful(db, path):
        count(db, 2 * 10**5)


@pytest.mark.parametrize("end", ["", "-wal"])
def test_a_larger_file_may_take_longer(db: sqlite3.Connection, path: Path, end: str) -> None:
    """What a killed process left may lie in its journal, all of it."""
    weigh(path, 0)
    with pytest.raises(NotASpoolError), careful(db, path):
        count(db, 5 * 10**5)
    weigh(Path(f"{path}{end}"), 5 * 10**6)
    with careful(db, path):
        count(db, 5 * 10**5)
    weigh(Path(f"{path}{end}"), 10**6)
    with pytest.raises(NotASpoolError), careful(db, path):
        count(db, 5 * 10**5)
