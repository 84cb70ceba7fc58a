"""Which store a command reads, and what an audit leaves in it."""

from pathlib import Path

import pytest
from tests.fixtures import server_thread
from tests.fixtures.commands import Command
from tests.fixtures.ports import free_port

from swarmscope.cli._store import configured, keep_summary, written_to
from swarmscope.errors import ConfigurationError, ExitCode, StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.file_reader import FileReader
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Question


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("URL", "TOKEN", "ORG", "BUCKET"):
        monkeypatch.delenv(f"INFLUXDB_V2_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def test_an_option_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFLUXDB_V2_URL", "http://there:8086")
    monkeypatch.setenv("INFLUXDB_V2_BUCKET", "b")
    assert configured().url == "http://there:8086"
    here = configured("http://here:8086/")
    assert (here.url.rstrip("/"), here.bucket) == ("http://here:8086", "b")


@pytest.mark.parametrize("url", ["influxdb:8086", "ftp://host", "http://", "http://u:pw@host:x"])
def test_an_address_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--url is .* which can't be used") as caught:
        configured(url)
    assert "http://host:8086" in caught.value.remedy
    assert "pw" not in str(caught.value)


def test_two_stores_are_one_too_many(command: Command, tmp_path: Path) -> None:
    done = command("runs", "--url", "http://127.0.0.1:9", "--data", tmp_path)
    assert (done.code, done.err) == (
        ExitCode.WRONG_USAGE,
        "swarmscope: --url and --data name two stores. Give one of them.\n",
    )


@pytest.mark.parametrize(
    "words",
    [
        ("runs",),
        ("audit",),
        ("audit", "r"),
        ("report", "r"),
        ("export", "r"),
        ("delete", "r", "--yes"),
        ("summarise", "r"),
        ("buckets", "create"),
        ("annotate", "x"),
        ("doctor",),
    ],
)
def test_a_store_that_is_away_is_its_own_exit_code(
    command: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = command(*words, "--url", f"http://127.0.0.1:{free_port()}")
    assert done.code == ExitCode.STORE_UNREACHABLE
    assert "Traceback" not in done.err
    assert [path.name for path in tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "words",
    [("runs",), ("audit",), ("report",), ("export", "r"), ("delete", "r"), ("summarise", "r")],
)
def test_a_folder_without_a_store_is_named(
    command: Command, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "empty").mkdir()
    done = command(*words, "--data", tmp_path / "empty")
    assert (done.code, done.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert f"There is no store in {tmp_path / 'empty'}" in done.err
    assert list((tmp_path / "empty").iterdir()) == []


def test_what_is_written_goes_to_the_server_that_was_read(
    recorded_store: Path, tmp_path: Path
) -> None:
    server = HttpReader("http://127.0.0.1:1")
    of_server = written_to(server, None, tmp_path)
    assert of_server is not None
    assert of_server.url == server.url
    with FileReader(recorded_store) as file:
        assert written_to(file, None, recorded_store) is None
    named = written_to(file, "http://there:8086", None)
    assert named is not None
    assert named.url == "http://there:8086"


def kept(url: str, bucket: str = "") -> list[tuple[object, ...]]:
    with HttpReader(url) as reader:
        return reader.ask(Question("kept_audits", bucket=bucket)).rows


def test_an_audit_is_kept_where_a_server_has_the_store(command: Command, own_store: Path) -> None:
    with server_thread.running_server(own_store) as server:
        before = kept(server.url)
        done = command("audit", "--wait", "0", "--url", server.url)
        assert done.code in (ExitCode.FINE, ExitCode.INCONCLUSIVE)
        first = kept(server.url)
        assert (before, len(first)) == ([], 1)
        # No news: the same again isn't written.
        command("audit", "--wait", "0", "--url", server.url)
        assert kept(server.url) == first


def test_an_audit_is_kept_in_a_file_that_no_server_holds(command: Command, own_store: Path) -> None:
    """Lists of runs, and baselines, read it there."""
    kept_rows = []
    for _ in range(2):
        command("audit", "--wait", "0", "--data", own_store)
        with FileReader(own_store) as reader:
            kept_rows.append(reader.ask(Question("kept_audits")).rows)
    assert (len(kept_rows[0]), kept_rows[1]) == (1, kept_rows[0])


def test_a_summary_goes_to_the_long_bucket_where_there_is_one(own_store: Path) -> None:
    text = "locust_run_summary,run=r count=1i 5"
    with server_thread.running_server(own_store) as server:
        settings = Settings(url=server.url)
        keep_summary([text], settings)
        # Not everybody has one, and not everybody wants one.
        keep_summary([text], Settings(url=server.url, bucket_long="nowhere"))
        keep_summary([text], Settings(url=server.url, bucket_long=""))
        for bucket in (settings.bucket, settings.bucket_long):
            assert len(kept_points(server.url, bucket)) == 1
        with pytest.raises(StoreUnreachableError, match="What is stored is as it was"):
            keep_summary([text], Settings(url=server.url, bucket="nowhere"))


def kept_points(url: str, bucket: str) -> list[tuple[object, ...]]:
    with HttpReader(url) as reader:
        return reader.ask(Question("points", "r", 0, 1_000, bucket=bucket)).rows
