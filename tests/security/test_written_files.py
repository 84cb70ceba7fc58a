"""Another user where reports, exports and results are written: links and pipes in their places.

The names of runs, and so of their files, are told by every store.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures import encoded
from tests.fixtures.neighbours import ATTACKER, give, needs_root
from tests.fixtures.recorded import RUN
from tests.fixtures.server_process import (
    COMMAND,
    clean_environment,
    store_process,
    swarmscope,
    write,
)

from swarmscope.errors import ExitCode
from swarmscope.own_files import NotOwnError, replacing
from swarmscope.report.html import file_name
from swarmscope.runs.export import Format

PATIENCE_S = 60
"""For what may wait for ever: a test of it must end."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with store_process(tmp_path_factory.mktemp("store")) as url:
        write(url, encoded.lines())
        yield url


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "precious"
    path.write_text("mine")
    return path


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def report(url: str, shared: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    return swarmscope("report", RUN, "--url", url, *options, cwd=shared, timeout=PATIENCE_S)


@pytest.mark.long
def test_a_report_is_not_written_through_a_link(url: str, shared: Path, mine: Path) -> None:
    name = file_name(RUN)
    for trap in (name, f"{name}.new", f".{name}.new"):
        (shared / trap).symlink_to(mine)
    done = report(url, shared)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    assert mine.read_text() == "mine"
    assert (shared / name).lstat().st_size > 1_000_000
    assert not (shared / name).is_symlink()


def test_a_report_has_the_user_s_umask_and_leaves_nothing_beside_it(url: str, shared: Path) -> None:
    before = os.umask(0o027)
    try:
        report(url, shared, "--out", "r.html")
    finally:
        os.umask(before)
    assert [(one.name, one.stat().st_mode & 0o777) for one in shared.iterdir()] == [
        ("r.html", 0o640)
    ]


@pytest.mark.long
def test_a_report_does_not_wait_at_a_pipe_for_somebody_to_read_it(url: str, shared: Path) -> None:
    os.mkfifo(shared / "r.html.new")
    os.mkfifo(shared / "s.html")
    assert report(url, shared, "--out", "r.html").returncode == ExitCode.FINE
    done = report(url, shared, "--out", "s.html")
    assert done.returncode == ExitCode.WRONG_USAGE
    assert "can't be written to s.html (nobody reads this pipe)" in done.stderr


@pytest.mark.long
@needs_root
def test_a_pipe_of_another_user_gets_no_report(url: str, shared: Path) -> None:
    pipe = shared / "r.html"
    os.mkfifo(pipe)
    give(pipe, ATTACKER)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = report(url, shared, "--out", "r.html")
        assert os.read(reading, 10) == b""
    finally:
        os.close(reading)
    assert done.returncode == ExitCode.WRONG_USAGE
    assert f"it belongs to another user (uid {ATTACKER})" in done.stderr
    assert "The run itself is safe in the store." in done.stderr


def test_a_report_that_cannot_be_put_there_is_said_and_leaves_nothing(
    url: str, shared: Path
) -> None:
    """A traceback came from removing what wasn't ours."""
    (shared / "taken").mkdir()
    done = report(url, shared, "--out", "taken")
    assert (done.returncode, "Traceback" in done.stderr) == (ExitCode.WRONG_USAGE, False)
    assert [one.name for one in shared.iterdir()] == ["taken"]


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1"])
def test_a_report_can_go_to_a_pipe_s_reader(url: str, shared: Path, name: str) -> None:
    """Root's took the place of /dev/stdout itself."""
    done = report(url, shared, "--out", name)
    assert (done.returncode, done.stderr) == (ExitCode.FINE, "")
    document, _, summed = done.stdout.partition("</html>")
    assert document.startswith("<!doctype html>")
    assert f"The report on {RUN} is {name}" in summed
    assert Path("/dev/stdout").is_symlink()


@pytest.mark.long
def test_a_pipe_of_one_s_own_gets_all_of_it(url: str, shared: Path) -> None:
    os.mkfifo(shared / "pipe")
    # Somebody reads it from the beginning, whenever `cat` has opened it.
    held = os.open(shared / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    reader = subprocess.Popen(["cat", shared / "pipe"], stdout=subprocess.PIPE)
    writer = subprocess.Popen(
        [*COMMAND, "report", RUN, "--url", url, "--out", "pipe"],
        cwd=shared,
        env=clean_environment(),
        stdout=subprocess.DEVNULL,
    )
    try:
        got, _ = reader.communicate(timeout=PATIENCE_S)
        assert writer.wait(timeout=PATIENCE_S) == ExitCode.FINE
    finally:
        reader.kill()
        os.close(held)
    assert got.rstrip().endswith(b"</html>")


@pytest.mark.long
@pytest.mark.long_sample(3)
@pytest.mark.parametrize("kind", Format)
def test_an_export_is_not_written_through_links(
    url: str, shared: Path, mine: Path, kind: Format
) -> None:
    folder = shared / RUN
    folder.mkdir()
    for number, name in enumerate(("locust_request", "locust_run", "host_cpu")):
        to = mine if number % 2 else mine.with_name("not there")
        for trap in (f"{name}.{kind}", f"tmp_{name}.{kind}", f"{name}.{kind}.tmp"):
            (folder / trap).symlink_to(to)
    done = swarmscope("export", RUN, "--url", url, "--out", str(shared), "--format", kind)
    assert done.returncode == ExitCode.FINE
    assert mine.read_text() == "mine"
    assert not mine.with_name("not there").exists()
    assert (folder / f"locust_run.{kind}").lstat().st_size > 50
    assert not [one for one in folder.iterdir() if one.name.startswith(".")]


@pytest.mark.long
@needs_root
def test_no_link_of_another_user_leads_a_report_or_an_export_elsewhere(
    url: str, shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "home").mkdir()
    (shared / "results").symlink_to(tmp_path / "home")
    os.lchown(shared / "results", ATTACKER, ATTACKER)
    for done in (
        report(url, shared, "--out", "results/r.html"),
        swarmscope("export", RUN, "--url", url, cwd=shared),
    ):
        assert done.returncode == ExitCode.WRONG_USAGE
        assert f"results is a link of another user (uid {ATTACKER})" in " ".join(
            done.stderr.split()
        )
    assert not list((tmp_path / "home").rglob("*"))


_EXCHANGE = """
import ctypes
renameat2 = ctypes.CDLL(None).renameat2
here, at_once = -100, 2
while True:
    renameat2(here, b"out", here, b"link", at_once)
"""


@pytest.mark.release
@needs_root
@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="it exchanges names by a call of Linux")
def test_a_folder_that_is_exchanged_for_a_link_again_and_again_leads_nowhere_else(
    tmp_path: Path,
) -> None:
    """Names were looked at and then used again: once in some thousand tries they led elsewhere."""
    closed, his = tmp_path / "closed", tmp_path / "his"
    closed.mkdir(0o700)
    (closed / "report.html").write_text("mine")
    (his / "out").mkdir(parents=True)
    (his / "link").symlink_to(closed)
    give(his, ATTACKER)
    attacker = subprocess.Popen([sys.executable, "-c", _EXCHANGE], cwd=his)
    written = refused = 0
    try:
        while (written < 2_000 or refused < 2_000) and written + refused < 100_000:
            try:
                with replacing(his / "out" / "report.html") as file:
                    file.write(b"from the store")
                written += 1
            except NotOwnError:
                refused += 1
    finally:
        attacker.kill()
        attacker.wait()
    assert min(written, refused) >= 2_000
    assert [(one.name, one.read_text()) for one in closed.iterdir()] == [("report.html", "mine")]


def test_what_fails_in_the_middle_leaves_what_was_there(shared: Path) -> None:
    path = shared / "report.html"
    path.write_text("the one before")

    def fail() -> None:
        with replacing(path) as file:
            file.write(b"half of")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert [(one.name, one.read_text()) for one in shared.iterdir()] == [
        ("report.html", "the one before")
    ]
