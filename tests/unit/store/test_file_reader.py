"""The embedded store's own connection, as every store is asked."""

from pathlib import Path

import pytest

from swarmscope.embedded.database import Database
from swarmscope.errors import ConfigurationError
from swarmscope.store import backend
from swarmscope.store.backend import BackendReader
from swarmscope.store.file_reader import DuckDbBackend
from swarmscope.store.question import Question


def test_an_answer_past_the_limit_is_refused_and_a_shorter_range_is_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backend, "MAX_ROWS", 10)
    lines = "\n".join(f"locust_users,run=r,worker=w count=1i {s}" for s in range(11))
    with Database(tmp_path) as database, database.cursor() as cursor:
        database.write("loadtest", lines, "s")
        reader = BackendReader(DuckDbBackend(cursor), "loadtest")
        with pytest.raises(ConfigurationError, match="more than 10 rows"):
            reader.ask(Question("users", "r", window=1))
        table = reader.ask(Question("users", "r", stop=10_000, window=1))
    assert len(table.rows) == 10


def test_minutes_are_asked_in_windows_of_a_minute(tmp_path: Path) -> None:
    line = "locust_stats,run=r,worker=w,name=Aggregated count=120i 60"
    with Database(tmp_path) as database, database.cursor() as cursor:
        database.write("loadtest_long", line, "s")
        table = BackendReader(DuckDbBackend(cursor), "loadtest_long").ask(
            Question("requests_per_second", "r")
        )
    assert table.window == 60
    assert table.rows == [(60_000, 2.0)]
