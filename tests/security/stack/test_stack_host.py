"""A running stack, and what it does to the host: files, processes and values that others chose."""

import io
import os
import re
import secrets
import stat
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest
from tests.fixtures import compose
from tests.fixtures.archives import Archive
from tests.fixtures.compose import ROOT, Stack

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]

ODD = 'of "ours" it\'s $HOME;ro'
SCENARIO = ROOT / "tests/stack/scenarios/steady.py"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose locustfile lies in a folder, and has a name, that say something to a shell."""
    folder = tmp_path_factory.mktemp("locust") / ODD
    folder.mkdir()
    locustfile = folder / 'it\'s "mine" $(id) #1.py'
    locustfile.write_text(SCENARIO.read_text())
    for made in (folder, *folder.parents[:2]):
        made.chmod(0o755)  # containers run as nobody of this machine
    description = "a 'b' \"c\" $HOME $(id) `id` \\ # d"
    settings = {
        "LOCUSTFILE": str(locustfile),
        "RESULTS_DIR": str(tmp_path_factory.mktemp("results")),
        "SWARMSCOPE_DESCRIPTION": description,
        "WORKERS": "1",
        "DEMO": "on",
    }
    yield from compose.started(settings)


def environment(stack: Stack, service: str) -> dict[str, str]:
    told = stack.compose("exec", "-T", service, "env", "-0").split("\0")
    return dict(line.split("=", 1) for line in told if line)


@pytest.mark.release
def test_odd_names_and_texts_arrive_as_they_are(stack: Stack) -> None:
    for service in ("locust-master", "locust-worker"):
        found = environment(stack, service)
        assert found["LOCUSTFILE"] == stack.settings["LOCUSTFILE"]
        assert found["SWARMSCOPE_DESCRIPTION"] == stack.settings["SWARMSCOPE_DESCRIPTION"]
        there = stack.compose("exec", "-T", service, "ls", "/mnt/locust")
        assert there.strip() == Path(stack.settings["LOCUSTFILE"]).name
    # Remembered: it is found again without being named.
    again = Stack(stack.name, {}, stack.locust_port, stack.grafana_port, stack.events_port)
    again.up()
    assert environment(stack, "locust-master")["LOCUSTFILE"] == stack.settings["LOCUSTFILE"]


def test_a_value_of_make_run_is_the_test_s_own_and_nobody_s_command(stack: Stack) -> None:
    label = 'it\'s "x" $(touch pwned) `touch pwned`; touch pwned'
    said = stack.make("run", "USERS=2", "RATE=2", "TIME=4s", f"LABEL={label}", code=None)
    assert "is complete" in said, said
    assert f"Label      {label}" in said
    assert not (ROOT / "pwned").exists()


class Watch:
    """Looks again and again at the arguments of all processes that this user may list."""

    def __init__(self, secret: set[str]) -> None:
        self.secrets = secret
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self.seen: set[str] = set()
        self.leaks: set[str] = set()

    def _look(self) -> None:
        while not self._ended.is_set():
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    line = path.read_bytes().decode(errors="replace").replace("\0", " ")
                except OSError:
                    continue
                self.seen.add(line)
                self.leaks |= {line for secret in self.secrets if secret in line}
            sleep(0.002)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()


def test_no_process_of_this_machine_ever_has_a_secret_among_its_arguments(
    stack: Stack, tmp_path: Path
) -> None:
    """Those inside the containers too: they are processes of this machine."""
    folder = ROOT / "secrets" / stack.name
    known = {p.read_text().strip() for p in folder.iterdir() if p.is_file()}
    for service in ("locust-master", "locust-worker", "telegraf", "grafana"):
        known.add(stack.compose("exec", "-T", service, "cat", "/run/swarmscope/token"))
    assert len(known) >= 7
    login = {"SWARMSCOPE_WEB_USERNAME": "ada", "SWARMSCOPE_WEB_PASSWORD": secrets.token_hex(16)}
    with Watch(known | {login["SWARMSCOPE_WEB_PASSWORD"]}) as watch:
        stack.make("run", "USERS=1", "TIME=2s", code=None, **login)
        stack.make("cli", "ARGS=runs", code=None)
        stack.make("enroll", "HOST=web-1", GATEWAY_NAMES="load.example.com")
        enrolled = (folder / "enrolled/web-1/telegraf.conf").read_text()
        watch.secrets.add(enrolled.partition('token = "')[2].partition('"')[0])
        stack.make("revoke", "HOST=web-1")
        stack.make("backup", f"FILE={tmp_path / 'b.tar.gz'}")
        stack.make("rotate-tokens")
    assert [line for line in watch.seen if "swarmscope.stack" in line]
    assert not watch.leaks


def test_a_revoked_machine_leaves_nothing_on_the_host(stack: Stack) -> None:
    folder = ROOT / "secrets" / stack.name / "enrolled"
    stack.make("enroll", "HOST=web-2", GATEWAY_NAMES="load.example.com")
    assert (folder / "web-2").is_dir()
    said = stack.make("revoke", "HOST=web-2")
    assert "may write no more" in said
    assert not (folder / "web-2").exists()


def test_the_tokens_of_cli_and_collector_are_for_their_user_alone(stack: Stack) -> None:
    found = re.search(r"^SWARMSCOPE_UID=(\d+)$", (ROOT / f".env.{stack.name}").read_text(), re.M)
    assert found
    uid = found[1]
    for name in ("cli", "collector"):
        look = ("run", "--rm", "--no-deps", "--volume", f"{stack.name}_token-{name}:/t:ro")
        told = stack.compose(
            *look, "--user", "0:0", "--entrypoint", "stat", "cli", "-c", "%a %u", "/t/token"
        )
        assert told.split() == ["400", uid]
        other = stack.compose(
            *look, "--user", "4711:4711", "--entrypoint", "cat", "cli", "/t/token", check=False
        )
        assert other == ""
    assert "RUN" in stack.make("cli", "ARGS=runs")


def hostile() -> bytes:
    """An archive that every check of an earlier version passes, mark and all."""
    made = Archive()
    made.add("secrets/enrolled/sh", b"#!/bin/sh\n", mode=0o4755, uid=0, gid=0)
    made.add("influxdb-data/influxd.bolt", b"x")
    return made.gz()


def test_an_archive_of_somebody_else_leaves_nothing_and_takes_nothing(
    stack: Stack, tmp_path: Path
) -> None:
    stack.make("run", "USERS=2", "RATE=2", "TIME=3s", code=None)
    before = stack.requests()
    assert before
    running = stack.compose("ps", "--quiet")
    (tmp_path / "b.tar.gz").write_bytes(hostile())
    said = stack.make("restore", f"FILE={tmp_path / 'b.tar.gz'}", YES="1", code=None)
    assert "Nothing was changed" in said, said
    assert stack.requests() == before
    assert stack.compose("ps", "--quiet") == running
    folder = ROOT / "secrets" / stack.name
    found = [path for path in folder.rglob("*") if path.lstat().st_mode & (stat.S_ISUID | 0o077)]
    assert not [path for path in found if path.is_file()]
    assert not list(folder.rglob("sh"))


def of_an_earlier_version(archive: Path) -> bytes:
    """Return *archive* with the owner that InfluxDB's files had: its image's own user."""
    made = io.BytesIO()
    with (
        tarfile.open(archive) as ours,
        tarfile.open(fileobj=made, mode="w:gz", format=tarfile.GNU_FORMAT) as old,
    ):
        for member in ours:
            if member.name.startswith("influxdb-data"):
                member.uid = member.gid = 1000
            old.addfile(member, ours.extractfile(member) if member.isreg() else None)
    return made.getvalue()


@pytest.mark.release
def test_a_backup_comes_back_with_the_stack_s_own_owners(stack: Stack, tmp_path: Path) -> None:
    """Also one of an earlier version, in the place of that version's data."""
    archive = tmp_path / "b.tar.gz"
    stack.make("backup", f"FILE={archive}")
    assert archive.stat().st_mode & 0o777 == 0o600
    assert archive.stat().st_uid == os.getuid()
    before = stack.requests(), stack.token_ids()
    archive.write_bytes(of_an_earlier_version(archive))
    stack.compose("--profile", "*", "down")
    in_archive = ("run", "--rm", "--no-deps", "-T", "--entrypoint")
    stack.compose(*in_archive, "chown", "archive", "-R", "1000:1000", "/archive/influxdb-data")
    stack.make("restore", f"FILE={archive}", YES="1")
    assert (stack.requests(), stack.token_ids()) == before
    owners = stack.compose(
        *(*in_archive, "find", "archive"),
        *("/archive", "-mindepth", "2", "-printf", "%H/%P %U %m\\n"),
    )
    users: dict[str, set[str]] = {}
    for line in owners.splitlines():
        path, uid, _ = line.rsplit(" ", 2)
        users.setdefault(path.split("/")[2], set()).add(uid)
        assert not re.search(r"/\.re(store|placed)", path)
    assert users["influxdb-data"] == {"65523"}
    assert users["grafana-data"] == {"472"}
    assert users["secrets"] == {str(os.getuid())}


@pytest.mark.release
def test_half_of_a_backup_and_half_of_its_room_change_nothing(stack: Stack, tmp_path: Path) -> None:
    archive, half = tmp_path / "b.tar.gz", tmp_path / "half.tar.gz"
    stack.make("backup", f"FILE={archive}")
    half.write_bytes(archive.read_bytes()[:-3_000])
    before = stack.requests()
    said = stack.make("restore", f"FILE={half}", YES="1", code=2)
    assert "damaged or cut off" in said
    assert stack.requests() == before
