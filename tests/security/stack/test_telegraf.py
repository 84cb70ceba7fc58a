"""Telegraf's container sees the host, can't talk to its programs, and changes nothing there."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.fixtures import compose_file, containers, gateways, telegrafs
from tests.fixtures.containers import HARDENED, docker

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(os.getuid() != 0, reason="only root can put sockets where programs do"),
]
_DOCKER_GROUP = 999
"""On many machines; on others that of the journal. It is also the image's own user."""
_PLACES = (Path("/run"), Path("/tmp"), Path("/dev/shm"), Path("/var/lib"), Path("/srv"))
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\npong"
_MEASURED = ("cpu", "mem", "diskio", "net", "system", "disk", "swap", "processes")
_TO_STDOUT = """
[agent]
  hostname = "of-a-test"
  interval = "1s"
  flush_interval = "1s"
  skip_processors_after_aggregators = true
[[outputs.file]]
  files = ["stdout"]
"""


@contextmanager
def program(folder: Path, *, group: int, mode: int) -> Iterator[Path]:
    """Listen on a socket in *folder*, as a program of the host does; answer whoever comes."""
    path = folder / f"swarmscope-test-{os.getpid()}.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        os.chown(path, 0, group)
        path.chmod(mode)
        listener.listen()
        served = threading.Thread(target=_serve, args=(listener,))
        served.start()
        try:
            yield path
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            served.join()
            path.unlink()


def _serve(listener: socket.socket) -> None:
    while True:
        try:
            visitor, _ = listener.accept()
        except OSError:
            return
        with visitor:
            visitor.recv(4_096)
            visitor.sendall(_ANSWER)


@pytest.fixture(scope="module")
def mounts() -> Iterator[Path]:
    """A folder of the host's whose mounts others see, as systemd has it for all of its host."""
    folder = Path(f"/srv/swarmscope-test-{os.getpid()}")
    folder.mkdir()
    try:
        for step in (("--bind", folder, folder), ("--make-shared", folder)):
            if subprocess.run(["mount", *step], capture_output=True, check=False).returncode:
                pytest.skip("nothing can be mounted here")
        yield folder
    finally:
        subprocess.run(["umount", "--recursive", folder], check=False)
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def telegraf(mounts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a container that sees the host, and *mounts*, as the stack's Telegraf does."""
    assert mounts.is_dir()
    images = compose_file.images("telegraf")
    if reason := containers.missing(*images):
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("telegraf") / "mounted"
    gateways.readable(folder, {"stdout.conf": _TO_STDOUT})
    with containers.room() as room:
        yield room.start(
            *("telegraf", "--network", "none", *HARDENED, *telegrafs.of_the_host()),
            *("--volume", f"{telegrafs.FOLDER}:/etc/telegraf:ro", "--volume", f"{folder}:/test:ro"),
            *(*images, "telegraf", "--strict-env-handling"),
            *("--config", "/test/stdout.conf", "--config", "/etc/telegraf/host.conf"),
        )


def succeeded(container: str, command: str) -> bool:
    """Say whether *command* does, run by a shell in *container*."""
    told = docker("exec", container, "sh", "-c", f"{command} && echo succeeded; true")
    return "succeeded" in told.splitlines()


def reached(container: str, path: Path) -> bool:
    """Say whether who is in *container* gets an answer of the program at *path*."""
    ask = f"curl -s -m 3 --unix-socket /hostfs{path} http://docker/_ping; true"
    return docker("exec", container, "sh", "-c", ask) == "pong"


def test_the_program_would_answer(tmp_path: Path) -> None:
    """Without this the others would prove nothing."""
    with program(tmp_path, group=0, mode=0o660) as path, socket.socket(socket.AF_UNIX) as visitor:
        visitor.connect(str(path))
        visitor.sendall(b"GET /_ping HTTP/1.1\r\n\r\n")
        assert visitor.recv(4_096) == _ANSWER


@pytest.mark.parametrize("place", _PLACES, ids=str)
def test_a_program_that_lets_everybody_in_is_not_reached(telegraf: str, place: Path) -> None:
    with program(place, group=0, mode=0o777) as path:
        assert not reached(telegraf, path)


@pytest.mark.parametrize("place", _PLACES, ids=str)
def test_a_program_of_the_group_of_docker_is_not_reached(telegraf: str, place: Path) -> None:
    with program(place, group=_DOCKER_GROUP, mode=0o660) as path:
        assert not reached(telegraf, path)


def test_by_no_way_of_the_kernel_is_a_unix_socket_had() -> None:
    """Nor one of a pair, which may send anywhere, nor by the calls of a 32-bit program."""
    python = compose_file.read()["x-images"]["python"]
    if reason := containers.missing(python):
        pytest.skip(reason)
    tries = Path(__file__).with_name("unix_sockets.py")
    told = docker(
        *("run", "--rm", "--network", "none", *HARDENED, *telegrafs.of_the_host()),
        *("--volume", f"{tries}:/tries.py:ro", python, "python", "/tries.py"),
    )
    assert told.split() == [
        "stream:refused",
        "datagram:refused",
        "pair:refused",
        "ring:refused",
        "other-numbers:ended",
        "internet:had",
    ]


def test_what_the_host_mounts_later_is_not_written_to(telegraf: str, mounts: Path) -> None:
    """Docker makes read-only what is mounted at the start: a disk that comes later isn't."""
    later = mounts / "later"
    later.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m,mode=1777", "x", later], check=True)
    theirs = later / "theirs"
    theirs.write_text("before")
    theirs.chmod(0o666)
    there = f"/hostfs{later}"
    assert f" /hostfs{later} rw" in docker("exec", telegraf, "cat", "/proc/self/mountinfo")
    assert succeeded(telegraf, f"grep -q before {there}/theirs")
    for command in (
        f"echo x > {there}/new",
        f"echo x >> {there}/theirs",
        f"echo x | dd of={there}/theirs conv=nocreat,notrunc",
        f"mkdir {there}/folder",
        f"chmod 4755 {there}/theirs",
        f"ln {there}/theirs {there}/second",
        f"rm {there}/theirs",
        f"touch {there}/theirs",
        f"truncate --size=0 {there}/theirs",
    ):
        assert not succeeded(telegraf, command), command
    assert [path.name for path in later.iterdir()] == ["theirs"]
    assert theirs.read_text() == "before"


def test_each_way_to_change_a_file_is_closed() -> None:
    """Also for who brings a program of his own, in a folder where he may do all of it."""
    python = compose_file.read()["x-images"]["python"]
    if reason := containers.missing(python):
        pytest.skip(reason)
    folder = Path(f"/srv/swarmscope-test-{os.getpid()}-ways")
    (folder / "empty").mkdir(parents=True)
    try:
        (folder / "file").write_text("x")
        os.mkfifo(folder / "pipe")
        user = int(compose_file.service("telegraf")["user"].partition(":")[0])
        for path in (folder, *folder.iterdir()):
            os.chown(path, user, user)
        tries = Path(__file__).with_name("ways_to_write.py")
        told = docker(
            *("run", "--rm", "--network", "none", *HARDENED, *telegrafs.of_the_host()),
            *("--volume", f"{folder}:/there", "--workdir", "/there"),
            *("--volume", f"{tries}:/tries.py:ro", python, "python", "/tries.py"),
        ).split("\n")
        assert "read:done" in told
        assert len(told) > 25
        assert [line for line in told if not line.endswith(":refused")] == ["read:done"]
        assert (folder / "file").read_text() == "x"
    finally:
        shutil.rmtree(folder)


def test_what_docker_s_own_profile_keeps_from_a_container_this_one_does_too(telegraf: str) -> None:
    for command in ("unshare --user id", "unshare --mount id", "mount -t tmpfs x /tmp"):
        assert succeeded(telegraf, "id")
        assert not succeeded(telegraf, command)


def test_its_user_and_groups_are_those_of_nobody(telegraf: str) -> None:
    """Neither the machine's nor the image's own: 999 is Docker's group on many."""
    ids = docker("exec", telegraf, "sh", "-c", "id -u; id -G").split()
    assert len(ids) == 2
    known = {
        number
        for file in ("/etc/passwd", "/etc/group")
        for line in Path(file).read_text().splitlines()
        for number in line.split(":")[2:4]
    }
    assert not known & set(ids)
    assert all(65_520 <= int(number) <= 65_533 for number in ids)


def test_all_of_the_host_is_measured_still(telegraf: str) -> None:
    """Each measurement, and of the file system of / as much as the host itself says."""

    def said() -> dict[str, list[str]]:
        lines = containers.logs(telegraf).splitlines()
        return {name: [x for x in lines if x.startswith(f"{name},")] for name in _MEASURED}

    found = said()
    while not all(found.values()):
        docker("exec", telegraf, "true")  # it runs still
        found = said()
    (root,) = [line for line in found["disk"] if "path=/ " in line or "path=/," in line][:1]
    fields = dict(part.split("=") for part in root.rsplit(" ", 2)[-2].split(","))
    host = os.statvfs("/")
    assert int(fields["total"].rstrip("i")) == host.f_blocks * host.f_frsize
    physical = {path.name for path in Path("/sys/class/net").glob("[ew]*")}
    assert all(any(f"interface={name}" in line for line in found["net"]) for name in physical)
    assert not [line for line in found["disk"] if "path=/run" in line or "path=/dev" in line]
