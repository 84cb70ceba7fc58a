"""What an archive from anywhere holds, member by member, each of them checked before it is used.

A backup is a file that came from somewhere: what it says of owners, rights, links and devices is
not believed, and what no backup of ours has is a reason to refuse it all.
"""

import gzip
import io
import shutil
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from swarmscope.errors import ConfigurationError
from swarmscope.stack.volumes import Volume

MARK = "swarmscope-backup-1"
"""The last member: an archive that was cut off has none."""
OUR_FOLDERS = (".restore", ".replaced")
"""Beginnings of names that a restore itself uses in a volume."""
_AT_ONCE = 256 * 1024
"""More than any header has: what tarfile reads at once is one."""
_LONGEST_NAME = 1_024
_DEEPEST = 32
_REST = 512 * 1024
_LEAST = 4 * 1024
"""What a file or folder takes of the disk beside its content: a block."""
_NOT_READABLE = (
    tarfile.TarError,
    EOFError,
    OverflowError,
    RecursionError,
    ValueError,
    gzip.BadGzipFile,
    zlib.error,
)
"""What Python's readers raise of bytes that are no archive."""


class UntrustedError(ConfigurationError):
    """An archive that is no backup of ours, or no whole one."""


@dataclass(frozen=True)
class Member:
    """A file or folder of the archive, where it belongs."""

    volume: Volume
    path: tuple[str, ...]
    """Below the volume; empty for its own folder."""
    size: int
    program: bool
    content: IO[bytes] | None
    """None for a folder."""

    @property
    def wanted(self) -> bool:
        """Whether it has a place: the host's folder holds more than what is the stack's."""
        known = self.volume.known
        return not known or not self.path or self.path[0] in known

    def copy(self, to: IO[bytes]) -> None:
        """Write what the file holds; only until the next member is asked for.

        Raises:
            UntrustedError: the archive doesn't hold all of it.

        """
        assert self.content is not None  # noqa: S101 - a folder has nothing to copy
        try:
            shutil.copyfileobj(self.content, to)
        except _NOT_READABLE as error:
            raise _damaged(error) from error


def members(source: IO[bytes], volumes: Mapping[str, Volume], room: int) -> Iterator[Member]:
    """Yield what is in the gzipped tar *source*, for *volumes* and at most *room* bytes of it.

    When it ends without an error, the archive was whole.

    Raises:
        UntrustedError: it has something that no backup of ours has. Nothing more is read.

    """
    with gzip.GzipFile(fileobj=source) as unzipped:
        stream = _Forwards(unzipped)
        try:
            with tarfile.TarFile(
                fileobj=stream, mode="r", encoding="utf-8", errors="surrogateescape"
            ) as tar:
                yield from _Reading(volumes, room).all(tar)
            stream.end()
        except _NOT_READABLE as error:
            raise _damaged(error) from error


def _damaged(error: Exception) -> UntrustedError:
    return UntrustedError(f"The archive is damaged or cut off ({error}).")


class _Forwards(io.BufferedIOBase):
    """A stream as tarfile wants its files; backwards is refused, and so are huge headers."""

    def __init__(self, source: gzip.GzipFile) -> None:
        self._source = source
        self._at = 0

    def tell(self) -> int:
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        if size is None or not 0 <= size <= _AT_ONCE:
            raise UntrustedError("The archive has a header that is larger than any of ours.")
        found = self._source.read(size)
        self._at += len(found)
        return found

    def seek(self, to: int, _: int = 0) -> int:
        if to < self._at:
            raise UntrustedError("The archive has members that lie within one another.")
        while self._at < to and self.read(min(_AT_ONCE, to - self._at)):
            pass
        return self._at

    def end(self) -> None:
        """Read the rest: only so the checksum at the very end is looked at."""
        rest = 0
        while found := self.read(64 * 1024):
            rest += len(found)
            if found.strip(b"\0") or rest > _REST:
                raise UntrustedError("The archive goes on after its end.")


@dataclass
class _Reading:
    """What was seen of one archive so far."""

    volumes: Mapping[str, Volume]
    room: int
    folders: dict[tuple[str, ...], bool] = field(default_factory=dict)
    """Each folder, and whether it was a member by itself."""
    files: set[tuple[str, ...]] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    sizes: Counter[str] = field(default_factory=Counter)

    @property
    def taken(self) -> int:
        """How many bytes of the disk it would take."""
        return self.sizes.total() + self.counts.total() * _LEAST

    def all(self, tar: tarfile.TarFile) -> Iterator[Member]:
        marked = False
        while (info := tar.next()) is not None:
            # tarfile would keep each of them.
            tar.members.clear()  # type: ignore[attr-defined]
            if tar.pax_headers:
                # It keeps those, too, and adds them up.
                raise UntrustedError("The archive has headers for all of it, as none of ours has.")
            if marked:
                raise UntrustedError("The archive goes on after its end.")
            marked = info.name == MARK and info.isreg() and info.size < _LONGEST_NAME
            if not marked:
                yield self._member(tar, info)
        if not marked:
            raise UntrustedError(f"The archive has no {MARK} at its end: it is none, or cut off.")

    def _member(self, tar: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
        path = _path(info)
        _check_kind(info)
        volume = self.volumes.get(path[0])
        if volume is None or (len(path) == 1 and not info.isdir()):
            raise UntrustedError(f"The archive has {info.name!r}, which no backup of ours has.")
        if len(path) > 1 and path[1].startswith(OUR_FOLDERS):
            raise UntrustedError(f"The archive has {info.name!r}, a name that is kept free.")
        made = self._check_place(info, path)
        self._check_amount(info, volume, made)
        content = None if info.isdir() else tar.extractfile(info)
        return Member(volume, path[1:], info.size, bool(info.mode & 0o100), content)

    def _check_place(self, info: tarfile.TarInfo, path: tuple[str, ...]) -> int:
        """Return how many files and folders it makes: those above it need not be members."""
        above = [path[:length] for length in range(1, len(path))]
        if path in self.files or any(folder in self.files for folder in above):
            raise UntrustedError(f"The archive has {info.name!r} twice, or as a file and a folder.")
        made = sum(folder not in self.folders for folder in above[1:]) + (path not in self.folders)
        if info.isdir():
            if self.folders.get(path):
                raise UntrustedError(f"The archive has {info.name!r} twice.")
            self.folders[path] = True
        elif path in self.folders:
            raise UntrustedError(f"The archive has {info.name!r} as a file and as a folder.")
        else:
            self.files.add(path)
        for folder in above:
            self.folders.setdefault(folder, False)
        return made

    def _check_amount(self, info: tarfile.TarInfo, volume: Volume, made: int) -> None:
        self.counts[volume.name] += made
        self.sizes[volume.name] += info.size
        if self.counts[volume.name] > volume.most_files:
            raise UntrustedError(
                f"The archive has more than {volume.most_files:,} files and folders for "
                f"{volume.name}."
            )
        if volume.most_bytes is not None and self.sizes[volume.name] > volume.most_bytes:
            raise UntrustedError(
                f"The archive has more than {volume.most_bytes:,} bytes for {volume.name}."
            )
        if self.taken > self.room:
            raise ConfigurationError(
                f"What the archive holds is larger than the room that there is: {self.room:,} "
                "bytes. What is there stays until all of the archive is.",
                remedy="Free some room, and restore again.",
            )


def is_plain_name(name: str) -> bool:
    """Say whether *name* is a path that leads nowhere else, however it is read."""
    path = name.split("/")
    return (
        name.isprintable()
        and "\\" not in name
        and not {"", ".", ".."} & set(path)
        and len(name) <= _LONGEST_NAME
        and len(path) <= _DEEPEST
    )


def _path(info: tarfile.TarInfo) -> tuple[str, ...]:
    if not is_plain_name(info.name):
        raise UntrustedError(
            f"The archive has {info.name[:_LONGEST_NAME]!r}, which leads elsewhere or is too long."
        )
    return tuple(info.name.split("/"))


def _check_kind(info: tarfile.TarInfo) -> None:
    plain = info.type in (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)
    if not plain or info.sparse is not None or info.size < 0 or (info.isdir() and info.size):
        raise UntrustedError(f"The archive has {info.name!r}, which is neither file nor folder.")
    if info.mode & ~0o777:
        raise UntrustedError(
            f"The archive has {info.name!r} with the rights {info.mode:o}: more than ours have."
        )
