"""A file of lines that begins anew when it is large or old, with a limited number of old ones."""

import os
from datetime import UTC, datetime
from pathlib import Path
from time import time


class RotatingFile:
    """Lines appended to *path*; blocks on disk.

    Before it passes *max_bytes*, and when a new span of *every* seconds begins (counted from
    1970, so that days end at midnight UTC), the file gets its time as a suffix; of those *keep*
    stay.

    Raises:
        OSError: from each method, when the disk refuses; the next call tries anew.

    """

    def __init__(self, path: Path, *, max_bytes: int, every: float, keep: int) -> None:
        self.path = path
        self._max_bytes = max_bytes
        self._every = every
        self._keep = keep
        self._file: int | None = None
        self._bytes = 0
        self._span = 0
        self._cut = False

    def write(self, lines: bytes) -> None:
        """Append *lines*, which end in a newline."""
        now = time()
        span = int(now // self._every)
        if self._file is None:
            self._open(span)
        if self._bytes and (self._bytes + len(lines) > self._max_bytes or span != self._span):
            self._rotate(now)
            self._open(span)
        # A process that was killed, or a full disk, may have left half a line.
        left = memoryview(b"\n" + lines if self._cut else lines)
        while left:
            written = os.write(self._descriptor, left)
            self._bytes += written
            self._cut = left[written - 1] != ord("\n")
            left = left[written:]

    @property
    def _descriptor(self) -> int:
        if self._file is None:
            raise ValueError("it isn't open")
        return self._file

    def _open(self, span: int) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o640)
        state = os.fstat(self._file)
        self._bytes = state.st_size
        self._span = int(state.st_mtime // self._every) if self._bytes else span
        self._cut = self._bytes > 0 and os.pread(self._file, 1, self._bytes - 1) != b"\n"

    def _rotate(self, now: float) -> None:
        self.close()
        stamp = f"{datetime.fromtimestamp(now, UTC):%Y%m%d-%H%M%S}-{int(now * 1e6) % 10**6:06d}"
        self.path.rename(self.path.with_name(f"{self.path.name}.{stamp}"))
        old = sorted(self.path.parent.glob(f"{_literal(self.path.name)}.*-*-*"))
        for path in old[: max(0, len(old) - self._keep)]:
            path.unlink(missing_ok=True)

    def sync(self) -> None:
        """Wait until the disk has it all."""
        if self._file is not None:
            os.fsync(self._file)

    def close(self) -> None:
        """Close the file; `write` opens it again."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _literal(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)
