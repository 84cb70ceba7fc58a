"""How much of its file the store keeps in memory."""

import random
from base64 import b64encode
from pathlib import Path

import duckdb
import pytest

from swarmscope.embedded import cache
from swarmscope.embedded.database import Database

_LARGE, _SMALL = 12, 40
"""Writes: enough of them that somebody looks."""
_LINES = 300
_SIGNS = 12_000


def _fill(database: Database) -> None:
    """Write far more than may be kept, all of it into the file, and then go on with little."""
    rnd = random.Random(5)
    for i in range(_LARGE):
        # Nothing in them that could be packed.
        texts = (b64encode(rnd.randbytes(_SIGNS * 3 // 4)).decode() for _ in range(_LINES))
        lines = (f'm text="{text}" {i * _LINES + j + 1}' for j, text in enumerate(texts))
        database.write("loadtest", "\n".join(lines))
    with database.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT max(s) FROM points").fetchall()
    assert _kept(database) > cache.MOST


def _go_on(database: Database) -> None:
    for i in range(_SMALL):
        database.write("loadtest", f"m value={i} {10**9 + i}")


def _one(database: Database, sql: str) -> object:
    with database.cursor() as cursor:
        ((found,),) = cursor.execute(sql).fetchall()
    return found


def _kept(database: Database) -> int:
    """Return the bytes of the file that are in memory."""
    kept = _one(
        database,
        "SELECT coalesce(sum(memory_usage_bytes), 0)::BIGINT FROM duckdb_memory() "
        "WHERE tag = 'BASE_TABLE'",
    )
    assert isinstance(kept, int)
    return kept


def _left_behind(database: Database) -> int:
    """Return of how many buffers that are gone something is in memory."""
    left = _one(
        database,
        "SELECT sum(dead_nodes)::BIGINT FROM duckdb_eviction_queues() WHERE queue_index > 1",
    )
    assert isinstance(left, int)
    return left


@pytest.mark.release
@pytest.mark.long
def test_the_file_isnt_gathered_in_memory(tmp_path: Path) -> None:
    with Database(tmp_path) as database:
        limit = _one(database, "SELECT current_setting('memory_limit')")
        _fill(database)
        _go_on(database)
        assert _kept(database) < cache.MOST / 2
        # Questions have as much memory as before, and what was forgotten is read again.
        assert _one(database, "SELECT current_setting('memory_limit')") == limit
        assert _one(database, f"SELECT count(*) FROM points WHERE len(s) = {_SIGNS}") == (
            _LARGE * _LINES
        )


@pytest.mark.long
def test_nothing_is_forgotten_while_somebody_asks_and_soon_after_that_it_is(
    tmp_path: Path,
) -> None:
    with Database(tmp_path) as database:
        _fill(database)
        with database.cursor():
            _go_on(database)
        assert _kept(database) > cache.MOST
        database.write("loadtest", "m value=1 1")
        assert _kept(database) < cache.MOST / 2


@pytest.mark.long
def test_what_is_left_of_questions_is_forgotten_once_it_is_much(tmp_path: Path) -> None:
    join = "SELECT * FROM range(10) a JOIN range(10) b USING (range)"
    with Database(tmp_path) as database:
        with database.cursor() as cursor:
            for _ in range(2_500):
                cursor.execute(join).fetchall()
        assert _left_behind(database) > cache.MOST_LEFT_BEHIND
        _go_on(database)
        _go_on(database)
        assert _left_behind(database) < cache.MOST_LEFT_BEHIND / 10
        assert _one(database, "SELECT count(*) FROM points") == _SMALL


def _replace_queues(database: Database, rows: str) -> None:
    """Let DuckDB's list of its queues be *rows*: it promises no version what is in there."""
    with database.cursor() as cursor:
        cursor.execute(f"CREATE MACRO duckdb_eviction_queues() AS TABLE SELECT {rows}")


def _write_past_two_looks(database: Database) -> None:
    for i in range(3 * _SMALL):
        database.write("loadtest", f"m value={i} {i + 1}")
    assert _one(database, "SELECT count(*) FROM points") == 3 * _SMALL


def test_without_a_queue_nothing_is_left_behind(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Database(tmp_path) as database:
        _replace_queues(database, "2 AS queue_index, 5 AS dead_nodes WHERE false")
        _write_past_two_looks(database)
    assert caplog.messages == []


def test_a_look_that_fails_harms_no_write_and_is_said_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Database(tmp_path) as database:
        _replace_queues(database, "2 AS queue_index, error('no queues here')::INT AS dead_nodes")
        _write_past_two_looks(database)
    (said,) = caplog.messages
    assert "can't forget what it keeps in memory" in said
    assert "no queues here" in said
    assert "All that is written is stored" in said


def test_no_other_setting_can_be_changed(tmp_path: Path) -> None:
    with Database(tmp_path) as database, database.cursor() as cursor:
        for setting in (
            "threads = 64",
            "max_temp_directory_size = '1TB'",
            "lock_configuration = false",
        ):
            with pytest.raises(duckdb.InvalidInputException, match="locked"):
                cursor.execute(f"SET {setting}")
