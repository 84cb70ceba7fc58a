"""How every store is asked, and what an answer may cost."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.fixtures.answering import answering

from swarmscope.embedded.database import Database
from swarmscope.errors import ConfigurationError, NoDataError, SwarmscopeError
from swarmscope.queries.catalogue import Query
from swarmscope.settings import Settings
from swarmscope.store import backend
from swarmscope.store.backend import BackendReader, Batches, Parameters
from swarmscope.store.file_reader import DuckDbBackend
from swarmscope.store.flux_reader import FluxReader
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


class Memory:
    """A store in memory, of one run: what a backend must be able to do, and no more."""

    name = "The memory"

    def __init__(self, rows: int = 0) -> None:
        self.asked: list[Parameters] = []
        self._rows = rows
        self.given = 0
        self.ended = False

    def extent(self, run: str, bucket: str) -> tuple[int, int] | None:
        return (10_000, 70_000) if (run, bucket) == ("r", "b") else None

    def resolution(self, run: str, bucket: str) -> int | None:
        return 10

    def rows(self, asked: Query, parameters: Parameters) -> Batches:
        self.asked.append(parameters)
        try:
            for number in range(self._rows):
                self.given += 1
                yield [(number,) * len(asked.columns)]
        finally:
            self.ended = True

    def close(self) -> None:
        """There is nothing to let go of."""


def test_a_run_is_asked_about_from_its_first_point_to_the_end_of_its_last_second() -> None:
    store = Memory(rows=2)
    table = BackendReader(store, "b").ask(Question("users", "r"))
    assert store.asked == [Parameters("r", "b", 10_000, 71_000, 10)]
    assert (table.start, table.stop, table.window) == (10_000, 71_000, 10)
    assert table.rows == [(0, 0, 0), (1, 1, 1)]


@pytest.mark.parametrize(
    ("question", "kind", "said"),
    [
        (Question("users"), ConfigurationError, "no run was named"),
        (Question("users", "gone"), NoDataError, "The memory has no run 'gone' in the bucket 'b'"),
        (Question("users", "r", window=5), ConfigurationError, "shorter than the resolution"),
        (Question("users", "r", stop=10_000), ConfigurationError, "is empty"),
        (Question("users", "r", stop=10**17), ConfigurationError, "reaches too far"),
        (Question("nothing"), ConfigurationError, "There are:"),
    ],
)
def test_what_no_store_can_be_asked_is_asked_of_none(
    question: Question, kind: type[SwarmscopeError], said: str
) -> None:
    store = Memory()
    with pytest.raises(kind, match=said):
        BackendReader(store, "b").ask(question)
    assert not store.asked


def test_rows_are_fetched_as_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "MAX_ROWS", 3)
    store = Memory(rows=10)
    stream = BackendReader(store, "b").stream(Question("users", "r"))
    assert store.given == 0
    for _ in range(3):
        next(stream.batches)
    assert store.given == 3
    with pytest.raises(ConfigurationError, match="more than 3 rows"):
        next(stream.batches)
    assert store.ended


def test_an_influxdb_is_not_asked_beyond_all_times() -> None:
    with (
        answering({}) as url,
        FluxReader(Settings(url=url)) as reader,
        pytest.raises(ConfigurationError, match="reaches too far"),
    ):
        reader.ask(Question("runs", start=0, stop=10**17))


def test_a_server_of_either_kind_is_asked_without_duckdb() -> None:
    code = "import swarmscope.store.servers, sys; print('duckdb' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False\n"
