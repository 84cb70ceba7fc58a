"""Deleting a run: in a file, by a server, and what is known of the data where it can't be done."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures import server_thread
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Heard, Said, answering

from swarmscope.embedded.database import Database
from swarmscope.errors import (
    BucketMissingError,
    ConfigurationError,
    NoDataError,
    StoreUnreachableError,
    SwarmscopeError,
)
from swarmscope.settings import Settings
from swarmscope.store.eraser import FileEraser, ServerEraser, open_eraser, stored
from swarmscope.store.file_reader import FileReader
from swarmscope.store.question import Question, Reader, Table

LINES = "m,run=a f=1 5\nm,run=a,x=y f=1,g=2 6\nm,run=b f=1 5\nm f=1 5"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with two series and three values of the run "a" in each bucket."""
    folder = tmp_path_factory.mktemp("made")
    with Database(folder) as database:
        for bucket in ("loadtest", "loadtest_long"):
            database.write(bucket, LINES)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """Return such a store, to be changed."""
    return shutil.copytree(made, tmp_path / "own")


def left(folder: Path, run: str, bucket: str = "loadtest") -> tuple[int, int]:
    with FileReader(folder) as reader:
        return stored(reader, run, bucket)


class Says(Reader):
    """A store that says the same to every question."""

    def __init__(self, say: Callable[[], list[tuple[int, int]]]) -> None:
        self._say = say

    def ask(self, question: Question) -> Table:
        return Table(question.name, ("series", "field_values"), self._say(), 1, 0, 1)

    def close(self) -> None:
        """There is nothing to let go of."""


def refuse(error: Exception) -> Callable[[], list[tuple[int, int]]]:
    def say() -> list[tuple[int, int]]:
        raise error

    return say


def test_what_is_there_is_counted(folder: Path) -> None:
    assert (left(folder, "a"), left(folder, "b"), left(folder, "c")) == ((2, 3), (1, 1), (0, 0))


@pytest.mark.parametrize("error", [BucketMissingError("no"), NoDataError("no")])
def test_a_bucket_that_is_not_there_holds_nothing(error: Exception) -> None:
    assert stored(Says(refuse(error)), "a", "b") == (0, 0)
    assert stored(Says(list), "a", "b") == (0, 0)
    with pytest.raises(StoreUnreachableError):
        stored(Says(refuse(StoreUnreachableError("away"))), "a", "b")


def test_a_file_loses_the_run_in_that_bucket_alone(folder: Path) -> None:
    with open_eraser(Settings(), {}, data=folder) as eraser:
        assert isinstance(eraser, FileEraser)
        eraser.erase({"run": "a"}, "loadtest")
    assert (left(folder, "a"), left(folder, "a", "loadtest_long")) == ((0, 0), (2, 3))
    assert left(folder, "b") == (1, 1)


def test_a_server_loses_it_too(folder: Path) -> None:
    with (
        server_thread.running_server(folder) as server,
        open_eraser(Settings(), {}, url=server.url) as eraser,
    ):
        assert isinstance(eraser, ServerEraser)
        eraser.erase({"run": "a"}, "loadtest_long")
    assert (left(folder, "a"), left(folder, "a", "loadtest_long")) == ((2, 3), (0, 0))


def test_all_times_are_meant_and_this_run_alone() -> None:
    heard: list[Heard] = []
    with (
        answering({"/": Said(status=204)}, heard) as url,
        ServerEraser(Settings(url=url, token="t", org="o")) as eraser,
    ):
        eraser.erase({"run": 'a" AND x="'}, "b")
    (request,) = heard
    assert request.path == "/api/v2/delete?org=o&bucket=b"
    asked = json.loads(request.body)
    assert asked["predicate"] == r'run="a\" AND x=\""'
    assert (asked["start"][:4], asked["stop"][:4]) == ("1677", "2262")


@pytest.mark.parametrize(
    ("said", "kind", "happened", "data"),
    [
        (Said(b"{}", 401), ConfigurationError, "doesn't let this token delete in the bucket b", 1),
        (Said(b"{}", 403), ConfigurationError, "delete in the bucket b (403)", 1),
        (Said(b'{"message": "a\\nb"}', 400), StoreUnreachableError, "not delete (400: a b)", 1),
        (Said(b"", 404), StoreUnreachableError, "could not delete (404: Not Found)", 1),
        (Said(b'{"message": "a\\nb"}', 500), StoreUnreachableError, "not delete (500: a b)", 0),
        (Said(b"", 504), StoreUnreachableError, "could not delete (504: Gateway Timeout)", 0),
        (Said(b"", 200), None, "", 0),
    ],
)
def test_what_became_of_the_data_is_said(
    said: Said, kind: type[SwarmscopeError] | None, happened: str, data: int
) -> None:
    fates = ("Whether it deleted anything isn't known.", "Nothing of b was deleted.")
    with answering({"/": said}) as url, ServerEraser(Settings(url=url)) as eraser:
        if kind is None:
            eraser.erase({"run": "a"}, "b")
            return
        with pytest.raises(kind) as caught:
            eraser.erase({"run": "a"}, "b")
    assert caught.value.happened.startswith(f"The store at {url} ")
    assert happened in caught.value.happened
    assert caught.value.data == fates[data]
    assert caught.value.remedy


def test_where_nobody_answers_it_is_not_known_what_was_deleted() -> None:
    nowhere = Settings(url=f"http://127.0.0.1:{free_port()}")
    with ServerEraser(nowhere) as eraser, pytest.raises(StoreUnreachableError) as caught:
        eraser.erase({"run": "a"}, "b")
    assert caught.value.data == "Whether it deleted anything isn't known."
    assert "The same command again says what is there" in caught.value.remedy
