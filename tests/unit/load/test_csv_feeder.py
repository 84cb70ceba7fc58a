"""A feeder as a scenario has it, in a process without workers."""

from pathlib import Path
from typing import Any

import pytest
from locust import User, events
from locust.env import Environment
from locust.exception import StopUser

from swarmscope.errors import ConfigurationError
from swarmscope.load import csv_feeder


@pytest.fixture
def environment() -> Environment:
    environment = Environment(user_classes=[User])
    environment.create_local_runner()
    return environment


def write(folder: Path, text: str) -> Path:
    path = folder / "accounts.csv"
    path.write_text(text)
    return path


def test_a_user_takes_a_row_by_column_and_ends_where_there_is_none(
    tmp_path: Path, environment: Environment
) -> None:
    feeder = csv_feeder(write(tmp_path, "email,password\na@b,secret\n"))
    assert feeder.take(User(environment)) == {"email": "a@b", "password": "secret"}
    with pytest.raises(StopUser):
        feeder.take(User(environment))


def test_each_environment_has_all_rows(tmp_path: Path, environment: Environment) -> None:
    feeder = csv_feeder(str(write(tmp_path, "id\n1\n")))
    other = Environment()
    assert feeder.take(User(environment)) == feeder.take(User(other)) == {"id": "1"}
    assert feeder.attach(other) is feeder.attach(other)


def test_there_are_three_ends(tmp_path: Path) -> None:
    at_end: Any = "explode"
    with pytest.raises(ConfigurationError, match="one of 'stop', 'again', 'quit'"):
        csv_feeder(tmp_path / "any.csv", at_end=at_end)


def test_locust_ends_at_once_where_the_file_is_no_use(
    tmp_path: Path, environment: Environment, caplog: pytest.LogCaptureFixture
) -> None:
    feeder = csv_feeder(write(tmp_path, "id\n"))
    try:
        with pytest.raises(SystemExit) as ended:
            events.init.fire(environment=environment)
    finally:
        events.init.remove_listener(feeder._on_init)
    assert ended.value.code == 2
    assert "has no row under its columns' names. Nothing is started." in caplog.text
    assert "Traceback" not in caplog.text
