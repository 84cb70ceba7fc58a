"""`swarmscope init`: what is written, what is said, and that nothing is ever overwritten."""

from pathlib import Path

import pytest
from tests.fixtures.commands import Command

from swarmscope.errors import ExitCode


def written(folder: Path) -> dict[str, str]:
    """Return all files in *folder*, each with its text."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def test_without_a_word_it_is_a_folder_for_the_demo_shop(command: Command, tmp_path: Path) -> None:
    done = command("init")
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out.splitlines()[-1] == "How to run it is in load-test/README.md"
    files = written(tmp_path)
    assert sorted(files) == [
        "load-test/.env",
        "load-test/.github/workflows/load-test.yml",
        "load-test/.gitignore",
        "load-test/README.md",
        "load-test/compose.override.yml",
        "load-test/locustfile.py",
        "load-test/thresholds.yaml",
    ]
    assert 'host = "http://127.0.0.1:8000"' in files["load-test/locustfile.py"]


def test_in_a_repository_the_workflow_is_where_github_looks(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / ".git").mkdir()
    assert command("init", "tests/my load").code == ExitCode.FINE
    (workflow,) = (tmp_path / ".github" / "workflows").iterdir()
    assert workflow.name == "my-load.yml"
    assert 'working-directory: "tests/my load"' in workflow.read_text()


def test_the_host_is_the_user_s(command: Command, tmp_path: Path) -> None:
    assert command("init", "--host", "https://staging.example:8443/").code == ExitCode.FINE
    files = written(tmp_path)
    assert "LOCUST_HOST=https://staging.example:8443\n" in files["load-test/.env"]
    assert 'host = "https://staging.example:8443"' in files["load-test/locustfile.py"]
    assert "demo" not in files["load-test/.github/workflows/load-test.yml"]


@pytest.mark.parametrize(
    "host",
    ["staging.example", "http://", "ftp://x", "http://x'$(id)", "http://x\n", "http://u:p@x"],
)
def test_what_is_no_host_is_refused_and_nothing_written(
    command: Command, tmp_path: Path, host: str
) -> None:
    done = command("init", "--host", host)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "which is no address of a web service. Nothing was written." in done.err
    assert written(tmp_path) == {}


def test_a_second_time_it_changes_nothing(command: Command, tmp_path: Path) -> None:
    command("init")
    (tmp_path / "load-test" / "locustfile.py").unlink()
    before = written(tmp_path)
    done = command("init")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert f"{tmp_path / 'load-test' / 'README.md'} is there already" in done.err
    assert written(tmp_path) == before


def test_from_a_file_it_is_a_test_of_what_that_describes(command: Command, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("https://h.example/a/1?key=s3cret\nPOST /b\n")
    done = command("init", "mine", "--from", "urls.txt")
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out.splitlines()[2:] == [
        "It sends 1 kind of request to https://h.example",
        "1 more may change something, and waits for data and a weight (@task(0)); --all sends all "
        "of them.",
        "The query key is taken from TARGET_KEY.",
        "How to run it is in mine/README.md",
    ]
    files = written(tmp_path / "mine")
    assert 'self.client.get("/a/1", name="/a/[id]")' in files["locustfile.py"]
    assert [name for name, text in files.items() if "s3cret" in text] == []
    assert "swarmscope.demo.shop" not in "".join(files.values())


def test_all_is_sent_where_that_is_wanted(command: Command, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("POST https://h.example/b\n")
    done = command("init", "mine", "--from", "urls.txt")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "nothing but requests that may change something. Nothing was written." in done.err
    assert not (tmp_path / "mine").exists()
    assert command("init", "mine", "--from", "urls.txt", "--all").code == ExitCode.FINE
    assert "    @task\n" in written(tmp_path / "mine")["locustfile.py"]


@pytest.mark.parametrize("host", ["http://127.0.0.1:8000", "https://h.example"])
def test_who_names_a_host_isn_t_told_that_there_is_none(
    command: Command, tmp_path: Path, host: str
) -> None:
    """The first is where the demo shop is as well."""
    (tmp_path / "urls.txt").write_text("/search?q=kettle\n")
    done = command("init", "mine", "--from", "urls.txt", "--host", host)
    assert f"It sends 1 kind of request to {host}\n" in done.out
    assert "names no host" not in done.out


def test_a_file_without_a_host_gets_one_that_is_said(command: Command, tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("/search?q=kettle\n")
    assert "--host names yours" in command("init", "one", "--from", "urls.txt").out
    said = command("init", "two", "--from", "urls.txt", "--host", "http://h").out
    assert "--host" not in said


def test_what_can_not_be_read_writes_nothing(command: Command, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text("a: b")
    done = command("init", "mine", "--from", "shop.yaml")
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert "shop.yaml is no OpenAPI 3 or Swagger 2" in done.err
    assert not (tmp_path / "mine").exists()
