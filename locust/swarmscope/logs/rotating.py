"""A file of lines that begins anew when it is large or old, with a limited number of old ones."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import sleep, time

from swarmscope.logs.targets import open_target
from swarmscope.own_files import oddity, opened_folder

_STAMP = r"\.\d{8}-\d{6}-\d{6}"
_PIECE = 4_096
"""Bytes that a pipe takes as a whole, so that lines of several processes stay whole."""
_PAUSE_S = 0.01
_PAUSES = 100
"""How often a full pipe is waited for, before what it doesn't take is lost."""


class RotatingFile:
    """Lines appended to *path*; blocks on disk.

    Before it passes *max_bytes*, and when a new span of *every* seconds begins (counted from
    1970, so that days end at midnight UTC), the file gets its time as a suffix; of those *keep*
    stay. A pipe, a terminal or `/dev/stdout` only gets the lines.

    Raises:
        OSError: from each method, when the disk refuses; the next call tries anew.

    """

    def __init__(self, path: Path, *, max_bytes: int, every: float, keep: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._every = every
        self._keep = keep
        self._file: int | None = None
        self._stream = False
        self._bytes = 0
        self._span = 0
        self._cut = False

    def write(self, lines: bytes) -> None:
        """Append *lines*, which end in a newline."""
        now = time()
        span = int(now // self._every)
        if self._file is None:
            self._open(span)
        if self._stream:
            for piece in _pieces(self._mended(lines)):
                self._pass_on(piece)
            return
        if self._bytes and (self._bytes + len(lines) > self._max_bytes or span != self._span):
            permissions = self._rotate(now)
            self._open(span)
            os.fchmod(self._descriptor, permissions)
        left = memoryview(self._mended(lines))
        while left:
            left = self._write_some(left)

    def _mended(self, lines: bytes) -> bytes:
        # A process that was killed, or a full disk, may have left half a line.
        return b"\n" + lines if self._cut else lines

    def _write_some(self, left: memoryview) -> memoryview:
        written = os.write(self._descriptor, left)
        self._bytes += written
        self._cut = left[written - 1] != ord("\n")
        return left[written:]

    def _pass_on(self, piece: bytes) -> None:
        """Write to a pipe that may be full; what reads it may also have stopped."""
        left, pauses = memoryview(piece), 0
        while left:
            try:
                left = self._write_some(left)
            except BlockingIOError:
                if pauses == _PAUSES:
                    raise
                pauses += 1
                sleep(_PAUSE_S)

    @property
    def _descriptor(self) -> int:
        if self._file is None:
            raise ValueError("it isn't open")
        return self._file

    def _open(self, span: int) -> None:
        self._file, self._stream = open_target(self.path)
        if self._stream:
            return
        state = os.fstat(self._file)
        self._bytes = state.st_size
        self._span = int(state.st_mtime // self._every) if self._bytes else span
        self._cut = self._bytes > 0 and os.pread(self._file, 1, self._bytes - 1) != b"\n"

    def _rotate(self, now: float) -> int:
        """Close the file and rename it; return the permissions that somebody gave it."""
        state = os.fstat(self._descriptor)
        self.close()
        stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{int(now * 1e6) % 10**6:06d}"
        with opened_folder(self.path.parent) as folder:
            with suppress(FileNotFoundError):  # somebody else moved it
                name = self.path.name
                if os.path.samestat(state, os.lstat(name, dir_fd=folder)):
                    os.rename(name, f"{name}.{stamp}", src_dir_fd=folder, dst_dir_fd=folder)
            for old in self._old(folder)[: -self._keep]:
                with suppress(OSError):  # it may be gone by now, and nothing hangs on it
                    os.unlink(old, dir_fd=folder)
        return stat.S_IMODE(state.st_mode)

    def _old(self, folder: int) -> list[str]:
        """Return the old files of this user, the oldest first; other names are nobody's here."""
        named = re.compile(re.escape(self.path.name) + _STAMP)
        listing = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
        try:
            names = [name for name in os.listdir(listing) if named.fullmatch(name)]  # noqa: PTH208 - by its descriptor
        finally:
            os.close(listing)
        found = []
        for name in names:
            with suppress(FileNotFoundError):
                found += [] if oddity(os.lstat(name, dir_fd=folder)) else [name]
        return sorted(found)

    def sync(self) -> None:
        """Wait until the disk has it all."""
        if self._file is not None:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file; `write` opens it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _pieces(lines: bytes) -> Iterator[bytes]:
    """Yield *lines* in pieces of whole lines that a pipe takes as a whole, where they are short."""
    start = 0
    while start < len(lines):
        end = lines.rfind(b"\n", start, start + _PIECE) + 1 or lines.find(b"\n", start) + 1
        end = end or len(lines)
        yield lines[start:end]
        start = end
