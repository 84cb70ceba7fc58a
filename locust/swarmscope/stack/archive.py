"""Backups: ``python -m swarmscope.stack archive pack | check | stage | swap``.

It runs in a container that has every volume of the stack below /archive. ``pack`` writes an
archive to its output; ``check`` reads all of one and writes nothing, ``stage`` puts what is in it
beside the data that is there, and ``swap`` in the place of that data, which is removed last.
"""

import argparse
import gzip
import io
import os
import shutil
import signal
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from swarmscope.errors import SwarmscopeError
from swarmscope.signals import handled
from swarmscope.stack import access
from swarmscope.stack.archive_members import MARK, OUR_FOLDERS, Member, is_plain_name, members
from swarmscope.stack.bootstrap import ACCESS
from swarmscope.stack.volumes import Volume, of_stack

ROOT = Path("/archive")
_NEW, _OLD = OUR_FOLDERS
_RESERVE = 256 * 1024 * 1024
"""What stays free: other programs write meanwhile."""
_LEVEL = 6
"""gzip's own."""

Volumes = Mapping[str, Volume]


def pack(root: Path, volumes: Volumes, out: IO[bytes]) -> None:
    """Write all that *volumes* hold to *out*; links, sockets and the like are left out, and said.

    The archive says owners and rights as they are. A restore doesn't ask for them.
    """
    with (
        gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_LEVEL) as zipped,
        tarfile.open(fileobj=zipped, mode="w|", format=tarfile.GNU_FORMAT) as tar,
    ):
        for volume in volumes.values():
            for path in _content(root / volume.name, volume):
                _add(tar, path, str(path.relative_to(root)))
        # It comes last: an archive that was cut off has none.
        text = f"made {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode()
        info = tarfile.TarInfo(MARK)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))


def _content(folder: Path, volume: Volume) -> Iterator[Path]:
    yield folder
    for top in sorted(_entries(folder, volume)):
        yield top
        if top.is_dir() and not top.is_symlink():
            for above, folders, files in os.walk(top):
                yield from (Path(above, name) for name in sorted(folders) + sorted(files))


def _entries(folder: Path, volume: Volume) -> list[Path]:
    """Return what lies at the top of *folder* and belongs to the stack."""
    return [
        path
        for path in folder.iterdir()
        if not path.name.startswith(OUR_FOLDERS)
        and (volume.known is None or path.name in volume.known)
    ]


def _add(tar: tarfile.TarFile, path: Path, name: str) -> None:
    plain = not path.is_symlink() and (path.is_dir() or path.is_file())
    info = tar.gettarinfo(str(path), name) if plain else None
    if info is None or not is_plain_name(name):
        print(f"Left out, because no restore would take it: {name!r}", file=sys.stderr)  # noqa: T201
        return
    info.mode &= 0o777
    if info.isdir():
        tar.addfile(info)
        return
    # A second name of a file is a file of its own.
    info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
    with path.open("rb") as file:
        tar.addfile(info, file)


def check(root: Path, volumes: Volumes, source: IO[bytes]) -> None:
    """Read all of the archive *source* and write nothing.

    Raises:
        UntrustedError: it is none of ours, or not whole.

    """
    for _ in members(source, volumes, _room(root, volumes)):
        pass


def _room(root: Path, volumes: Volumes) -> int:
    """Return how many bytes fit beside what is there."""
    large = [name for name, volume in volumes.items() if volume.most_bytes is None]
    return max(0, min(shutil.disk_usage(root / name).free for name in large) - _RESERVE)


def stage(root: Path, volumes: Volumes, source: IO[bytes]) -> None:
    """Put what the archive holds into a folder of its own in each volume.

    Nobody can look into it but root and, on the host, the owner of the secrets; and nothing in it
    has more rights than files of ours.

    Raises:
        SwarmscopeError: it is none of ours, or can't be written. Nothing of it is left.

    """
    unstage(root, volumes)
    try:
        for volume in volumes.values():
            _close(root / volume.name / _NEW, volume)
        for member in members(source, volumes, _room(root, volumes)):
            if member.wanted:
                _put(root / member.volume.name / _NEW, member)
    except OSError as error:
        unstage(root, volumes)
        raise SwarmscopeError(
            f"What the archive holds can't be written ({error}).", data="None of it was kept."
        ) from error
    except BaseException:
        unstage(root, volumes)
        raise


def unstage(root: Path, volumes: Volumes) -> None:
    """Remove what `stage` put there."""
    for volume in volumes.values():
        if (root / volume.name / _NEW).is_dir():
            shutil.rmtree(root / volume.name / _NEW)


def _put(folder: Path, member: Member) -> None:
    place = folder.joinpath(*member.path)
    for above in reversed(place.relative_to(folder).parents[:-1]):
        _make(folder / above, member.volume)
    if member.content is None:
        if member.path:
            _make(place, member.volume)
        return
    mode = member.volume.file_mode
    if member.volume.programs and member.program:
        mode |= 0o100
    # Its own new file, and nobody else's for any moment.
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123 - by its descriptor
        member.copy(file)
        os.fchown(descriptor, *member.volume.owner)
        os.fchmod(descriptor, mode)


def _close(folder: Path, volume: Volume) -> None:
    """Make *folder* for root alone; on the host for its owner, who may have to remove it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    if volume.own_root is None:
        os.chown(folder, *volume.owner)


def _make(folder: Path, volume: Volume) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700)
        os.chown(folder, *volume.owner)


def swap(root: Path, volumes: Volumes) -> None:
    """Put what was staged in the place of what is there, which is removed when all is in its place.

    Whoever asks it to end meanwhile is not heard: half of each is no stack.

    Raises:
        SwarmscopeError: it can't be done. What was there is there again.

    """
    for volume in volumes.values():
        if not (root / volume.name / _NEW).is_dir():
            raise SwarmscopeError("Nothing is staged.", data="Nothing was changed.")
    with handled(signal.SIG_IGN):  # half of it is worse than none
        _replace(root, volumes)
        # Only what is on the disk can take the place of what is removed.
        os.sync()
        _remove_replaced(root, volumes)


def _replace(root: Path, volumes: Volumes) -> None:
    moved: list[tuple[Path, Path]] = []
    try:
        for volume in volumes.values():
            _swap_one(root / volume.name, volume, moved)
        # Last: what a volume's owner says of its content is true of what was there before, too.
        for volume in volumes.values():
            _own(root / volume.name, volume)
    except OSError as error:
        for source, target in reversed(moved):
            target.rename(source)
        raise SwarmscopeError(
            f"The data can't be put in its place ({error}).", data="What was there is there again."
        ) from error


def _remove_replaced(root: Path, volumes: Volumes) -> None:
    try:
        for volume in volumes.values():
            for path in (root / volume.name).glob(f"{_OLD}*"):
                shutil.rmtree(path)
            (root / volume.name / _NEW).rmdir()
    except OSError as error:
        raise SwarmscopeError(
            f"What was there before can't be removed ({error}).",
            data="What the archive holds is in its place.",
            remedy="The next restore removes both.",
        ) from error


def _swap_one(folder: Path, volume: Volume, moved: list[tuple[Path, Path]]) -> None:
    def move(path: Path, to: Path) -> None:
        path.rename(to / path.name)
        moved.append((path, to / path.name))

    # Beside that of a restore that was cut off: what it moved away is kept until the end, too.
    old = Path(tempfile.mkdtemp(prefix=f"{_OLD}-", dir=folder))
    _close(old, volume)
    for path in _entries(folder, volume):
        move(path, old)
    for path in list((folder / _NEW).iterdir()):
        move(path, folder)


def _own(folder: Path, volume: Volume) -> None:
    if volume.own_root:
        *owner, mode = volume.own_root
        os.chown(folder, *owner)
        folder.chmod(mode)


def main(arguments: Sequence[str]) -> int:
    """Run the command; errors are the caller's to tell."""
    parser = argparse.ArgumentParser(prog="swarmscope.stack archive", description=__doc__)
    parser.add_argument("job", choices=("pack", "check", "stage", "swap"))
    job = parser.parse_args(arguments).job
    os.umask(0o077)
    volumes = of_stack(ROOT, access.load(ACCESS, os.environ).services)
    if job == "pack":
        with open(sys.stdout.fileno(), "wb", closefd=False) as out:
            pack(ROOT, volumes, out)
    elif job == "check":
        check(ROOT, volumes, sys.stdin.buffer)
    elif job == "stage":
        stage(ROOT, volumes, sys.stdin.buffer)
    else:
        swap(ROOT, volumes)
    return 0
