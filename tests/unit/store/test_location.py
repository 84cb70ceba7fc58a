"""Which store is meant, by options and environment, and who reads it then."""

import os
from pathlib import Path

import pytest
from tests.fixtures import server_thread

from swarmscope.embedded.database import Database
from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.file_reader import FileReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.location import data_folder, open_folder, open_store
from swarmscope.store.question import Question


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with a store where nobody names another, and one beside it."""
    monkeypatch.chdir(tmp_path)
    for name in (".swarmscope", "other"):
        Database(Path(name)).close()
    return tmp_path


def test_the_store_of_this_folder_is_meant_where_nothing_is_named(here: Path) -> None:
    assert data_folder({}) == Path(".swarmscope")
    assert data_folder({"INFLUXDB_V2_URL": ""}) == Path(".swarmscope")


def test_a_named_one_goes_before_it(here: Path) -> None:
    assert data_folder({"INFLUXDB_V2_URL": "http://x"}) is None
    assert data_folder({}, url="http://x") is None
    assert data_folder({"INFLUXDB_V2_URL": "http://x"}, data=Path("other")) == Path("other")


def test_without_one_here_a_server_s_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert data_folder({}) is None
    (tmp_path / ".swarmscope").mkdir()
    assert data_folder({}) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files to others")
def test_one_that_somebody_else_made_here_is_not_read_unless_it_is_named(here: Path) -> None:
    for path in (here / ".swarmscope", *(here / ".swarmscope").iterdir()):
        os.chown(path, 12_345, 12_345)
    with pytest.raises(StoreUnreachableError, match=r"another user \(uid 12345\)") as caught:
        data_folder({})
    assert caught.value.data == "Nothing in it was read or changed."
    assert "--data .swarmscope if you trust it" in caught.value.remedy
    assert data_folder({}, data=Path(".swarmscope")) == Path(".swarmscope")


def test_a_file_that_nobody_holds_is_read_itself_with_the_settings_buckets(here: Path) -> None:
    with Database(here / "other", ["x"]) as database:
        database.write("x", 'locust_run,run=mine,event=start message="a" 5')
    settings = Settings(bucket="x")
    with open_store(settings, {}, data=here / "other") as reader:
        assert isinstance(reader, FileReader)
        assert [row[0] for row in reader.ask(Question("runs")).rows] == ["mine"]


def test_a_folder_without_a_store_says_how_to_name_one(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachableError, match=f"There is no store in {tmp_path}") as caught:
        open_folder(tmp_path)
    assert "--data" in caught.value.remedy
    assert "INFLUXDB_V2_URL" in caught.value.remedy


def test_a_url_goes_before_the_settings(tmp_path: Path) -> None:
    nowhere = Settings(url="http://127.0.0.1:9")
    with (
        server_thread.running_server(tmp_path) as server,
        open_store(nowhere, {}, url=server.url) as reader,
    ):
        assert isinstance(reader, HttpReader)
        assert reader.url == server.url
    with pytest.raises(StoreUnreachableError, match=r"Nothing answers at http://127\.0\.0\.1:9"):
        open_store(nowhere, {"INFLUXDB_V2_URL": "http://127.0.0.1:9"})
