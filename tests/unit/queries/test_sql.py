"""The catalogue in SQL, on the recorded run: exact numbers, at every zoom."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.fixtures import expected, recorded
from tests.fixtures.same import same_rows

from swarmscope import schema
from swarmscope.queries.catalogue import CATALOGUE
from swarmscope.store.asking import Question, Table, answer
from swarmscope.store.database import Database

WINDOWS = (1, 10, 60)


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store that holds the recorded run."""
    folder: Path = tmp_path_factory.mktemp("store")
    with Database(folder) as opened:
        written = opened.write(schema.BUCKET, "\n".join(recorded.lines()))
        assert not written.dropped
        yield opened


def ask(database: Database, question: Question) -> Table:
    with database.cursor() as cursor:
        return answer(cursor, question, schema.BUCKET)


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("right", expected.WINDOWED, ids=lambda f: f.__name__)
def test_windowed_answer_is_exact(
    database: Database, right: Callable[[int], expected.Rows], window: int
) -> None:
    start, stop = expected.RANGE_MS
    table = ask(database, Question(right.__name__, recorded.RUN, start, stop, window))
    same_rows(table.rows, right(window))


@pytest.mark.parametrize("right", expected.WHOLE, ids=lambda f: f.__name__)
def test_answer_about_the_whole_run_is_exact(
    database: Database, right: Callable[[int], expected.Rows]
) -> None:
    start, stop = expected.RANGE_MS
    table = ask(database, Question(right.__name__, recorded.RUN, start, stop))
    same_rows(table.rows, right(1))


def test_every_query_of_the_catalogue_is_compared() -> None:
    compared = {right.__name__ for right in (*expected.WINDOWED, *expected.WHOLE)}
    assert compared == set(CATALOGUE)
