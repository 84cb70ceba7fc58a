"""Backups: what comes back is what was there, and until it is all there nothing else is gone."""

import gzip
import io
import signal
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from tests.fixtures.archives import CONTENT, Volumes, honest

from swarmscope.errors import SwarmscopeError
from swarmscope.stack import archive


@pytest.fixture
def full(tmp_path: Path) -> Volumes:
    volumes = Volumes(tmp_path / "full")
    volumes.fill(CONTENT)
    return volumes


@pytest.fixture
def other(tmp_path: Path) -> Volumes:
    """Volumes with data that is to be replaced."""
    volumes = Volumes(tmp_path / "other")
    volumes.fill({"influxdb-data/influxd.bolt": "before", "influxdb-data/only-here": "before"})
    volumes.fill({"secrets/influxdb-password": "before", "secrets/mine.txt": "mine"})
    return volumes


def packed(volumes: Volumes) -> bytes:
    out = io.BytesIO()
    archive.pack(volumes.root, volumes.all, out)
    return out.getvalue()


def restore(volumes: Volumes, data: bytes) -> None:
    archive.check(volumes.root, volumes.all, io.BytesIO(data))
    archive.stage(volumes.root, volumes.all, io.BytesIO(data))
    archive.swap(volumes.root, volumes.all)


def test_what_was_packed_comes_back_and_what_was_there_is_gone(
    full: Volumes, other: Volumes
) -> None:
    restore(other, packed(full))
    assert other.content() == {**CONTENT, "secrets/mine.txt": "mine"}
    assert not [name for name in other.entries() if ".re" in name]


def test_a_backup_of_an_earlier_version_is_restored(full: Volumes, other: Volumes) -> None:
    """As GNU tar made it: with folders, owners and what lay beside the secrets."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for folder in sorted(full.root.iterdir()):
            tar.add(folder, folder.name)
        mark = tarfile.TarInfo("swarmscope-backup-1")
        tar.addfile(mark)
    restore(other, gzip.compress(out.getvalue().ljust(20 * 10_240, b"\0")))
    assert other.content() == {**CONTENT, "secrets/mine.txt": "mine"}


def test_staging_touches_nothing_of_what_is_there(full: Volumes, other: Volumes) -> None:
    before = other.content()
    archive.stage(other.root, other.all, io.BytesIO(packed(full)))
    after = {name: text for name, text in other.content().items() if "/.restore/" not in name}
    assert after == before


def test_a_second_try_replaces_what_the_first_staged(full: Volumes, other: Volumes) -> None:
    archive.stage(other.root, other.all, io.BytesIO(honest({"grafana-data/x": "first"}).gz()))
    restore(other, packed(full))
    assert "grafana-data/x" not in other.content()


def test_a_swap_without_staging_is_refused(other: Volumes) -> None:
    before = other.content()
    with pytest.raises(SwarmscopeError, match="Nothing is staged"):
        archive.swap(other.root, other.all)
    assert other.content() == before


def test_a_swap_that_fails_half_way_brings_all_of_it_back(full: Volumes, other: Volumes) -> None:
    archive.stage(other.root, other.all, io.BytesIO(packed(full)))
    before = other.content()
    # The last volume can't take what was staged: a folder that isn't empty is in its place.
    last = other.root / list(other.all)[-1]
    (last / ".restore" / ".gitkeep").mkdir()
    known = other.all[last.name]
    assert known.known is not None
    (last / ".gitkeep" / "x").mkdir(parents=True)
    with pytest.raises(SwarmscopeError, match="is there again"):
        archive.swap(other.root, other.all)
    assert other.content() == before


_SIGNALLED = """
import os, sys
from pathlib import Path
from tests.fixtures.archives import Volumes
from swarmscope.stack import archive

root, number, event, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])

def ask(name, _):
    global count
    if name == event:
        count -= 1
        if count == 0:
            os.kill(os.getpid(), number)

volumes = Volumes(Path(root))
sys.addaudithook(ask)
archive.swap(volumes.root, volumes.all)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("when", [("os.rename", "3"), ("shutil.rmtree", "1")], ids="/".join)
def test_a_swap_that_is_asked_to_end_leaves_no_half_of_each(
    full: Volumes, other: Volumes, number: int, when: tuple[str, str]
) -> None:
    archive.stage(other.root, other.all, io.BytesIO(packed(full)))
    done = subprocess.run(
        [sys.executable, "-c", _SIGNALLED, str(other.root), str(int(number)), *when],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert other.content() == {**CONTENT, "secrets/mine.txt": "mine"}


def test_a_swap_that_fails_leaves_each_folder_its_owner_and_mode(
    full: Volumes, other: Volumes
) -> None:
    """By the owner of InfluxDB's it is known whether all in it are its user's."""
    archive.stage(other.root, other.all, io.BytesIO(packed(full)))
    folder = other.root / "influxdb-data"
    folder.chmod(0o750)
    last = other.root / list(other.all)[-1]
    (last / ".restore" / ".gitkeep").mkdir()
    (last / ".gitkeep" / "x").mkdir(parents=True)
    with pytest.raises(SwarmscopeError, match="is there again"):
        archive.swap(other.root, other.all)
    assert folder.stat().st_mode & 0o7777 == 0o750


def test_what_a_cut_off_swap_moved_away_is_kept_until_the_next_one_ends(
    full: Volumes, other: Volumes
) -> None:
    other.fill({"influxdb-data/.replaced-x/influxd.bolt": "the very first"})
    assert "the very first" not in gzip.decompress(packed(other)).decode()
    archive.stage(other.root, other.all, io.BytesIO(packed(full)))
    assert "the very first" in other.content().values()
    archive.swap(other.root, other.all)
    assert "the very first" not in other.content().values()


def test_links_and_sockets_are_left_out_of_a_backup_and_said(
    full: Volumes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (full.root / "grafana-data/link").symlink_to("/etc/passwd")
    (full.root / "grafana-data/second").hardlink_to(full.root / "grafana-data/grafana.db")
    (full.root / "grafana-data/line\nend").touch()
    monkeypatch.chdir(full.root / "grafana-data")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        data = packed(full)
    archive.check(full.root, full.all, io.BytesIO(data))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        names = {name for name in tar.getnames() if name.startswith("grafana-data/")}
        second = tar.extractfile("grafana-data/second")
        assert second is not None
        assert second.read() == b"users"
    assert names & {f"grafana-data/{name}" for name in ("link", "s", "line\nend")} == set()
    said = capsys.readouterr().err
    assert said.count("Left out") == 3
    assert "line\\nend" in said
