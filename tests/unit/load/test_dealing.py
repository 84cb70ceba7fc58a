"""Who has the rows: what it answers whom, and what it says of workers that left and of the end."""

from pathlib import Path

import pytest
from tests.fixtures.patience import wait_until
from tests.fixtures.row_channel import Channel

from swarmscope.load import row_messages

ASK = row_messages.asking("rows.csv")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("id\n1\n2\n")
    return path


@pytest.mark.parametrize(
    ("sender", "question"),
    [
        ("stranger", {"number": 1, "wanted": 1, "columns": None}),
        ("a", {"number": 1, "wanted": 10**9, "columns": None}),
        ("a", {"number": 1, "wanted": -1, "columns": None}),
        ("a", {"number": 1, "wanted": "all", "columns": None}),
        ("a", {"number": 1}),
        ("a", "rows!"),
        (["a"], {"number": 1, "wanted": 1, "columns": None}),
    ],
)
def test_who_asks_as_no_worker_does_is_dealt_nothing(
    path: Path, sender: str, question: object, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Channel(path)
    worker = channel.worker("a")
    channel.ask(sender, ASK, question)
    assert "Somebody who is no worker asked for rows of rows.csv." in caplog.text
    assert worker.take() == ["1"]


def test_rows_of_a_worker_that_left_are_told_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Channel(path)
    gone, stays = channel.worker("gone"), channel.worker("stays")
    gone.take()
    channel.clients["gone"].state = "missing"
    assert stays.take() == ["2"]
    assert stays.take() is None
    told = "Worker gone left, which had been dealt 1 row of rows.csv: used or not"
    assert caplog.text.count(told) == 1


def test_workers_that_leave_at_the_end_are_nothing_to_tell(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Channel(path)
    gone, stays = channel.worker("gone"), channel.worker("stays")
    gone.take()
    del channel.clients["gone"]
    channel.runner.state = "stopping"
    stays.take()
    assert "left" not in caplog.text


@pytest.mark.parametrize(("page", "ended"), [(None, "quit"), (object(), "stopped")])
def test_the_last_row_ends_the_test_where_that_was_wanted(
    path: Path, page: object, ended: str, caplog: pytest.LogCaptureFixture
) -> None:
    channel = Channel(path, "quit")
    done: list[str] = []
    runner = channel.runner
    runner.quit, runner.stop = lambda: done.append("quit"), lambda: done.append("stopped")
    channel.environment.runner, channel.environment.web_ui = runner, page
    assert [channel.dealing.take() for _ in range(4)] == [["1"], ["2"], None, None]
    wait_until(lambda: done)
    assert done == [ended]
    assert caplog.text.count("rows.csv is at its end: all 2 rows are dealt. The test ends") == 1


def test_a_run_is_told_what_it_was_dealt_and_the_next_begins_anew(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    channel = Channel(path)
    events = channel.environment.events
    channel.dealing.take()
    events.test_stop.fire(environment=channel.environment)
    assert "1 row of rows.csv was dealt in this run; it has 2." in caplog.text
    events.test_start.fire(environment=channel.environment)
    assert channel.dealing.take() == ["1"]
