"""`make restore` of an archive that somebody else made: it is refused, and nothing happened."""

import gzip
import io
import os
import random
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.archives import CONTENT, Archive, Volumes, honest

from swarmscope.errors import SwarmscopeError
from swarmscope.stack import archive
from swarmscope.stack.archive_members import MARK, UntrustedError, members


def header(name: str = "influxdb-data/x", **said: object) -> bytes:
    info = tarfile.TarInfo(name)
    for field, value in said.items():
        setattr(info, field, value)
    return info.tobuf(tarfile.GNU_FORMAT)


ATTACKS: dict[str, Callable[[Archive], object]] = {
    "a setuid program": lambda a: a.add("secrets/gateway/sh", mode=0o4755),
    "a setgid program": lambda a: a.add("influxdb-data/sh", mode=0o2755),
    "a sticky folder": lambda a: a.add("influxdb-data/d", b"", type=tarfile.DIRTYPE, mode=0o1777),
    "a device": lambda a: a.add("secrets/sda", b"", type=tarfile.BLKTYPE, devmajor=8),
    "a character device": lambda a: a.add("secrets/tty", b"", type=tarfile.CHRTYPE, devmajor=5),
    "a pipe": lambda a: a.add("influxdb-data/pipe", b"", type=tarfile.FIFOTYPE),
    "a link": lambda a: a.add("secrets/gateway", b"", type=tarfile.SYMTYPE, linkname="/etc"),
    "a link inside": lambda a: a.add("secrets/a", b"", type=tarfile.SYMTYPE, linkname="b"),
    "a second name": lambda a: a.add(
        "secrets/a", b"", type=tarfile.LNKTYPE, linkname="secrets/grafana-password"
    ),
    "a second name of elsewhere": lambda a: a.add(
        "secrets/a", b"", type=tarfile.LNKTYPE, linkname="/etc/shadow"
    ),
    "a type that nobody knows": lambda a: a.add("influxdb-data/x", type=b"Z"),
    "a contiguous file": lambda a: a.add("influxdb-data/x", type=tarfile.CONTTYPE),
    "an old sparse file": lambda a: a.add("influxdb-data/x", b"", type=tarfile.GNUTYPE_SPARSE),
    "a sparse file": lambda a: a.add(
        "influxdb-data/x",
        b"1\n0\n1\n".ljust(512, b"\0") + b"x",
        pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.name": "../x"},
    ),
    "an absolute path": lambda a: a.add("/etc/cron.d/x"),
    "an absolute path by pax": lambda a: a.add("secrets/x", pax_headers={"path": "/etc/cron.d/x"}),
    "a way up": lambda a: a.add("secrets/../../etc/cron.d/x"),
    "a way up at the end": lambda a: a.add("secrets/..", b"", type=tarfile.DIRTYPE),
    "a way up by pax": lambda a: a.add("secrets/x", pax_headers={"path": "secrets/../x"}),
    "a name with nothing between": lambda a: a.add("secrets//x"),
    "a name by itself": lambda a: a.add("./secrets/x"),
    "headers for all of it": lambda a: a.raw(
        tarfile.TarInfo.create_pax_global_header({"comment": "x"})
    ),
    "an empty name": lambda a: a.add("secrets/x", pax_headers={"path": "\n"}),
    "no name": lambda a: a.raw(header("")),
    "a line end": lambda a: a.add("secrets/enrolled/x\nsecrets"),
    "an escape sequence": lambda a: a.add("secrets/enrolled/\x1b]0;x\x07"),
    "a C1 sign": lambda a: a.add("secrets/enrolled/\x9b2J"),
    "a name that turns around": lambda a: a.add("secrets/enrolled/\u202egpj.exe"),
    "a name that is no text": lambda a: a.add("secrets/enrolled/\udcff"),
    "a path of another system": lambda a: a.add("secrets/enrolled\\..\\x"),
    "a long name": lambda a: a.add("influxdb-data/" + "x" * 1_200),
    "a deep path": lambda a: a.add("influxdb-data/" + "d/" * 40 + "x"),
    "another folder": lambda a: a.add("elsewhere/x"),
    "a file at the top": lambda a: a.add("x"),
    "a volume that is a file": lambda a: a.add("token-telegraf"),
    "a token of no service": lambda a: a.add("token-root/token"),
    "what a restore uses itself": lambda a: a.add("influxdb-data/.restore/x"),
    "what a restore moves away": lambda a: a.add("influxdb-data/.replaced-1", b"", type=b"5"),
    "the same twice": lambda a: a.add("influxdb-data/influxd.bolt"),
    "the same folder twice": lambda a: a.add("influxdb-data/d", b"", type=b"5").add(
        "influxdb-data/d", b"", type=b"5"
    ),
    "a file as a folder": lambda a: a.add("influxdb-data/influxd.bolt/x"),
    "a folder as a file": lambda a: a.add("influxdb-data/engine"),
    "a said folder as a file": lambda a: a.add("influxdb-data/d", b"", type=b"5").add(
        "influxdb-data/d"
    ),
    "the mark in the middle": lambda a: a.add(MARK),
    "a mark of a folder": lambda a: a.add(f"{MARK}/x"),
    "a huge file": lambda a: a.raw(header(size=2**50)),
    "a huge secret": lambda a: a.add("secrets/gateway/x", bytes(17 * 2**20)),
    "a huge token": lambda a: a.add("token-cli/token-id", bytes(2**17)),
    "many tokens": lambda a: [a.add(f"token-cli/{n}") for n in range(11)],
    "many secrets": lambda a: [a.add(f"secrets/enrolled/{n}", b"") for n in range(10_001)],
    "many folders that are no members": lambda a: [
        a.add(f"secrets/enrolled/{n}" + f"/{n}" * 28 + "/x", b"") for n in range(400)
    ],
    "a size below nothing": lambda a: a.raw(header(size=-1024)),
    "a folder with a size": lambda a: a.raw(header(type=tarfile.DIRTYPE, size=2**40)),
    "a huge name": lambda a: a.raw(header("././@LongLink", type=b"L", size=2**34)),
    "a huge pax header": lambda a: a.raw(header("x", type=b"x", size=2**34)),
    "headers of headers": lambda a: [
        a.raw(header("x", type=b"x", size=9)).raw(b"9 a=bcde\n") for _ in range(5_000)
    ],
    "a pax size below nothing": lambda a: a.add("influxdb-data/x", pax_headers={"size": "-1"}),
}


@pytest.fixture
def volumes(tmp_path: Path) -> Volumes:
    """A stack's volumes with data in them, beside a secret of another stack."""
    made = Volumes(tmp_path / "archive")
    made.fill({**CONTENT, "influxdb-data/influxd.bolt": "here before"})
    made.fill({"secrets/second/grafana-password": "of another stack", "secrets/.gitignore": "*"})
    return made


def refused(volumes: Volumes, data: bytes) -> str:
    """Try *data* as `make restore` does; return why it was refused."""
    before = volumes.content(), volumes.modes()
    for read in (archive.check, archive.stage):
        with pytest.raises(SwarmscopeError) as why:
            read(volumes.root, volumes.all, io.BytesIO(data))
        assert (volumes.content(), volumes.modes()) == before
    return str(why.value)


_LARGE = ("many secrets", "many folders that are no members")
"""Ten thousand members take seconds: at the other place they come with the long tests."""


@pytest.mark.long
@pytest.mark.long_sample(14)
@pytest.mark.parametrize(
    ("attack", "first"),
    [
        pytest.param(
            attack,
            first,
            id=f"{'at its begin' if first else 'at its end'}-{attack}",
            marks=pytest.mark.long if first and attack in _LARGE else (),
        )
        for first in (False, True)
        for attack in ATTACKS
    ],
)
def test_a_foreign_member_is_refused_and_nothing_is_written(
    volumes: Volumes, attack: str, *, first: bool
) -> None:
    made = Archive() if first else honest()
    if first:
        made.add("influxdb-data/influxd.bolt").add("influxdb-data/engine/x")
    ATTACKS[attack](made)
    assert refused(volumes, made.gz())


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_owners_and_rights_are_ours_and_not_the_archive_s(volumes: Volumes, form: int) -> None:
    made = Archive(form)
    said = {"uid": 0, "gid": 0, "uname": "root", "gname": "root"}
    made.add("secrets/enrolled", b"", type=tarfile.DIRTYPE, mode=0o777, **said)
    for name, text in CONTENT.items():
        made.add(name, text.encode(), mode=0o777, **said)
    archive.stage(volumes.root, volumes.all, io.BytesIO(made.gz()))
    archive.swap(volumes.root, volumes.all)
    modes = volumes.modes()
    assert {modes[name] for name in CONTENT if name.startswith("secrets")} == {0o600}
    assert {modes[name] for name in CONTENT if name.startswith("token")} == {0o400}
    assert modes["secrets/enrolled"] == modes["secrets/enrolled/web-1"] == 0o700
    # Grafana starts its plugins; nothing else in a volume is ever run.
    assert modes["grafana-data/plugins/p/gpx_linux"] == 0o700
    assert modes["influxdb-data/influxd.bolt"] == 0o600
    assert {path.lstat().st_uid for path in volumes.root.rglob("*")} == {os.getuid()}


def test_what_is_staged_is_closed_to_everybody_else(volumes: Volumes) -> None:
    archive.stage(volumes.root, volumes.all, io.BytesIO(honest().gz()))
    staged = [volumes.root / name / ".restore" for name in volumes.all]
    assert {folder.stat().st_mode & 0o7777 for folder in staged} == {0o700}


def test_an_archive_that_was_cut_off_anywhere_is_refused(volumes: Volumes) -> None:
    data = honest().add("influxdb-data/noise", random.Random(1).randbytes(20_000)).gz()
    for length in [0, 1, 9, 10, 11, *range(20, len(data) - 1, len(data) // 40), len(data) - 1]:
        assert "Nothing" not in refused(volumes, data[:length])


def test_an_archive_without_its_mark_is_refused(volumes: Volumes) -> None:
    assert "at its end" in refused(volumes, honest().gz(mark=False))


def unzipped(data: bytes) -> bytes:
    """Return what gzip makes of *data*; nothing where it refuses."""
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        return b""


def test_a_broken_byte_is_noticed_wherever_it_is(volumes: Volumes) -> None:
    """By the checksum at the end, if by nothing before."""
    data = bytearray(honest().gz())
    rng = random.Random(2)
    for at in rng.sample(range(10, len(data)), 60):
        broken = bytearray(data)
        broken[at] ^= 1 << rng.randrange(8)
        # Some bits mean nothing: those that fill the last byte.
        if unzipped(broken) != unzipped(data):
            assert refused(volumes, bytes(broken))


def test_any_bytes_within_the_tar_end_in_a_refusal_or_are_harmless(volumes: Volumes) -> None:
    """Never in another error, and never in a file with more rights or in another place."""
    tar = honest().tar()
    rng = random.Random(3)
    for _ in range(400):
        broken = bytearray(tar)
        for _ in range(rng.randrange(1, 8)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            archive.check(volumes.root, volumes.all, io.BytesIO(gzip.compress(broken, 1)))
        except SwarmscopeError:
            continue


def test_what_follows_the_end_is_refused(volumes: Volumes) -> None:
    for more in (b"x", bytes(2 * 2**20), honest().tar()):
        assert "goes on after its end" in refused(volumes, gzip.compress(honest().tar() + more, 1))


def test_a_bomb_is_refused_before_it_is_unpacked(volumes: Volumes) -> None:
    """By the size that it claims: 4 GB in 4 MB of gzip."""
    unpacked = 0

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            nonlocal unpacked
            found = super().read(size)
            unpacked += len(found)
            return found

    bomb = gzip.compress(honest().raw(header(size=2**32)).tar(mark=False), 1)
    source = Counted(bomb + gzip.compress(bytes(2**26), 1) * 64)
    with pytest.raises(SwarmscopeError, match="larger than the room"):
        list(members(source, volumes.all, 2**20))
    assert unpacked < 2**20


def test_what_files_and_folders_take_beside_their_content_needs_room_too(
    volumes: Volumes,
) -> None:
    """Folders that no member names, and files without content: many are gigabytes of blocks."""
    deep = Archive()
    for n in range(20):
        deep.add(f"grafana-data/{n}" + f"/{n}" * 28 + "/x", b"")
    flat = Archive()
    for n in range(600):
        flat.add(f"grafana-data/{n}", b"")
    for made in (deep, flat):
        data = made.gz()
        with pytest.raises(SwarmscopeError, match="larger than the room"):
            list(members(io.BytesIO(data), volumes.all, 2**21))
        assert list(members(io.BytesIO(data), volumes.all, 2**22))


def test_no_archive_at_all_is_refused(volumes: Volumes) -> None:
    for data in (b"", b"hello", gzip.compress(b""), gzip.compress(b"hello" * 1_000), bytes(10_240)):
        assert refused(volumes, data)


def test_without_room_what_was_there_stays(
    volumes: Volumes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fills up while the archive is written beside the data."""
    resource = pytest.importorskip("resource")
    before = volumes.content()
    data = honest().add("influxdb-data/large", bytes(2**20)).gz()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal = pytest.importorskip("signal")
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**16, limits[1]))
    try:
        with pytest.raises(SwarmscopeError, match="can't be written"):
            archive.stage(volumes.root, volumes.all, io.BytesIO(data))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert volumes.content() == before


def test_another_stack_s_secrets_are_neither_backed_up_nor_replaced(volumes: Volumes) -> None:
    packed = io.BytesIO()
    archive.pack(volumes.root, volumes.all, packed)
    assert b"of another stack" not in gzip.decompress(packed.getvalue())
    # A backup of an earlier version has them.
    old = honest().add("secrets/second/grafana-password", b"old").add("secrets/.gitignore")
    archive.stage(volumes.root, volumes.all, io.BytesIO(old.gz()))
    archive.swap(volumes.root, volumes.all)
    found = volumes.content()
    assert found["secrets/second/grafana-password"] == "of another stack"
    assert found["secrets/.gitignore"] == "*"


def test_an_unreadable_archive_is_said_to_be_one(volumes: Volumes) -> None:
    with pytest.raises(UntrustedError, match="damaged or cut off"):
        archive.check(volumes.root, volumes.all, io.BytesIO(b"no gzip"))
