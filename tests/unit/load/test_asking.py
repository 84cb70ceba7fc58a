"""Users of a worker that take rows of its master, over a channel on which messages are lost."""

from pathlib import Path
from typing import Any

import gevent
import pytest
from tests.fixtures.patience import wait_until
from tests.fixtures.row_channel import Channel

from swarmscope.errors import ConfigurationError
from swarmscope.load import asking


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rows.csv"
    path.write_text("id\n" + "".join(f"{i}\n" for i in range(20)))
    return path


@pytest.fixture
def channel(path: Path, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setattr(asking, "_AGAIN_S", 0.02)
    monkeypatch.setattr(asking, "_PATIENCE_S", 0.1)
    return Channel(path)


def taken(*users: Any) -> list[Any]:
    return [user.get(timeout=20) for user in users]


def test_users_that_wait_together_are_asked_for_together(channel: Channel) -> None:
    worker = channel.worker("a")
    users = [gevent.spawn(worker.take) for _ in range(20)]
    assert sorted(int(row) for (row,) in taken(*users)) == list(range(20))
    assert worker.columns == ["id"]
    assert channel.questions == 1
    assert worker.take() is None


def test_an_answer_that_is_lost_costs_no_row(channel: Channel) -> None:
    first, second = channel.worker("a"), channel.worker("b")
    channel.lost_answers = 2
    rows = taken(*(gevent.spawn(worker.take) for worker in (first, second)))
    assert sorted(rows) == [["0"], ["1"]]
    assert channel.questions == 4
    assert first.take() == ["2"]


def test_a_master_that_never_answers_is_no_wait_for_ever(channel: Channel) -> None:
    worker = channel.worker("a")
    channel.lost_answers = 1_000
    with pytest.raises(ConfigurationError, match="Give the master the same locustfiles"):
        worker.take()
    channel.lost_answers = 0
    channel.refusing = True
    with pytest.raises(ConfigurationError, match="it hasn't answered"):
        worker.take()
    channel.refusing = False
    assert worker.take() is not None


def test_the_row_of_a_user_that_ended_meanwhile_is_the_next_ones(channel: Channel) -> None:
    worker = channel.worker("a")
    channel.lost_answers = 1
    gone, stays = gevent.spawn(worker.take), gevent.spawn(worker.take)
    wait_until(lambda: channel.questions)
    gone.kill()
    assert taken(stays) == [["0"]]
    assert worker.take() == ["1"]
    assert channel.dealing._dealer.dealt == {"a": 2}


def test_a_user_that_ends_as_it_is_given_a_row_leaves_it(channel: Channel) -> None:
    worker = channel.worker("a")
    user = gevent.spawn(worker.take)
    gevent.sleep(0)
    worker._waiting.popleft().set(["0"])
    user.kill()
    assert worker.take() == ["0"]


def test_a_file_with_other_columns_is_told_and_no_row_is_lost(channel: Channel) -> None:
    other, fits = channel.worker("a", ["name"]), channel.worker("b", ["id"])
    with pytest.raises(ConfigurationError, match="the columns name on this worker, and id on its"):
        other.take()
    assert fits.take() == ["0"]


def test_another_run_has_nothing_of_the_one_before(
    channel: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    worker = channel.worker("a")
    worker._spare.append(["of before"])
    events = worker._runner.environment.events
    events.test_stop.fire(environment=None)
    assert "1 row of rows.csv was dealt to users of this worker that ended" in caplog.text
    channel.lost_answers = 1
    late = gevent.spawn(worker.take)
    late.kill()
    events.test_start.fire(environment=None)
    channel.dealing._dealer.restart()
    assert worker.take() == ["0"]
