"""The command line that a container becomes."""

from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.stack.launch import by_address, command, thresholds_in, without_empty


def test_the_listener_stands_beside_the_user_s_locustfile(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("")
    line = command(["--worker"], {"LOCUSTFILE": "/home/me/tests/mine.py"}, tmp_path)
    assert line[:2] == ["locust", "-f"]
    assert line[3:] == ["--worker"]
    mine, listener = line[2].split(",")
    assert mine == str(tmp_path / "mine.py")
    assert "swarmscope" in Path(listener).read_text()


@pytest.mark.parametrize("named", ["", "nosuch.py", "."])
def test_a_locustfile_that_is_not_there_is_named_with_those_that_are(
    tmp_path: Path, named: str
) -> None:
    (tmp_path / "other.py").write_text("")
    with pytest.raises(ConfigurationError, match=r"there: other\.py") as refused:
        command([], {"LOCUSTFILE": named}, tmp_path)
    assert "make up LOCUSTFILE=" in str(refused.value)


def test_the_master_listens_on_an_address_and_not_on_its_name() -> None:
    given = ["--master", "--master-bind-host", "localhost", "--web-host", "0.0.0.0"]
    assert by_address(given) == [*given[:2], "127.0.0.1", *given[3:]]
    assert by_address(["--worker", "--master-host", "localhost"])[2] == "localhost"


def test_a_name_that_is_none_of_the_master_s_is_said() -> None:
    with pytest.raises(ConfigurationError, match=r"can't listen on nobody\.invalid"):
        by_address(["--master-bind-host", "nobody.invalid"])


def test_a_setting_of_locust_s_that_was_taken_back_is_not_there() -> None:
    """Locust refused `make up LOCUST_WEB_LOGIN=`, and what is copied from .env.example as it is."""
    given = {"LOCUST_WEB_LOGIN": "", "LOCUST_USERS": "", "LOCUST_HOST": "x", "OTHER": ""}
    assert without_empty(given) == {"LOCUST_HOST": "x", "OTHER": ""}


def test_thresholds_lie_where_their_folder_is_mounted(tmp_path: Path) -> None:
    """Whatever the host calls the folder; nothing is judged where none are named."""
    assert thresholds_in({"THRESHOLDS": "~/my tests/limits.yaml"}, tmp_path) == (
        tmp_path / "limits.yaml"
    )
    assert thresholds_in({"THRESHOLDS": ""}, tmp_path) is thresholds_in({}, tmp_path) is None
