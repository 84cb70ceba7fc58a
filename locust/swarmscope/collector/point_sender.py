"""Points of log records to the store: beside the intake, which never waits for it."""

import gzip
import logging
import threading
from collections import deque

from swarmscope.delivery.backoff import BackOff
from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.transport.write_api import Answer, AnswerKind

log = logging.getLogger(__name__)

MAX_WAITING = 32 * 2**20
"""Bytes of points that may wait for the store."""
_AT_ONCE = 5_000
_DELAYS_S = (1.0, 30.0)


class PointSender:
    """Sends points to the store in a thread of its own; too many are dropped, the oldest first.

    What is dropped here is in the file all the same.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._queue: deque[bytes] = deque()
        self._waiting = 0
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._trouble = False
        self.written = self.rejected = self.dropped = 0
        self._thread = threading.Thread(target=self._run, name="to the store", daemon=True)
        self._thread.start()

    def add(self, points: list[str]) -> None:
        """Queue *points*."""
        # As they are sent: a text can take four times the memory.
        encoded = [point.encode() for point in points]
        with self._lock:
            self._queue.extend(encoded)
            self._waiting += sum(map(len, encoded))
            self._shrink()
        self._wake.set()

    def _shrink(self) -> None:
        while self._waiting > MAX_WAITING:
            self._waiting -= len(self._queue.popleft())
            self.dropped += 1

    def _take(self) -> list[bytes]:
        with self._lock:
            taken = [self._queue.popleft() for _ in range(min(_AT_ONCE, len(self._queue)))]
            self._waiting -= sum(map(len, taken))
        return taken

    def _put_back(self, points: list[bytes]) -> None:
        with self._lock:
            self._queue.extendleft(reversed(points))
            self._waiting += sum(map(len, points))
            self._shrink()

    def _run(self) -> None:
        writer = Writer(self._settings)
        back_off = BackOff(*_DELAYS_S)
        while True:
            points = self._take()
            if not points:
                if self._ending.is_set():
                    return
                self._wake.wait()
                self._wake.clear()
                continue
            left, answer = self._send(writer, points)
            if not left:
                back_off.reset()
                continue
            self._put_back(left)
            if self._ending.wait(back_off.pause(answer.retry_after)):
                # One more try was made, or will be: the end isn't put off for a store that is down.
                return

    def _send(self, writer: Writer, points: list[bytes]) -> tuple[list[bytes], Answer]:
        """Write *points*; return those that have to wait, and the store's last answer."""
        body = gzip.compress(b"\n".join(points), 1, mtime=0)
        answer = writer.write(self._settings.bucket, body)
        match answer.kind:
            case AnswerKind.TAKEN:
                self._count(len(points), 0)
            case AnswerKind.PARTLY:
                dropped = min(answer.dropped, len(points))
                self._count(len(points) - dropped, dropped)
            case AnswerKind.MALFORMED | AnswerKind.TOO_LARGE if len(points) > 1:
                half = len(points) // 2
                left, answer = self._send(writer, points[:half])
                # In order: what comes after it waits as well.
                return (left + points[half:], answer) if left else self._send(writer, points[half:])
            case AnswerKind.MALFORMED | AnswerKind.TOO_LARGE:
                self._count(0, 1)
                log.warning("The store refused a log record for good: %s", answer.message[:500])
            case _:
                if not self._trouble:
                    self._trouble = True
                    log.warning(
                        "The store at %s takes no log records (%s). They are in the file; those "
                        "of the last time are sent when it does. Check INFLUXDB_V2_URL and the "
                        "token.",
                        self._settings.url,
                        answer.message or answer.status,
                    )
                return points, answer
        return [], answer

    def _count(self, written: int, rejected: int) -> None:
        self.written += written
        self.rejected += rejected
        if self._trouble:
            self._trouble = False
            log.info("The store at %s takes log records again.", self._settings.url)

    def close(self, seconds: float) -> int:
        """Send what waits, *seconds* at most; return how many points are left."""
        self._ending.set()
        self._wake.set()
        self._thread.join(seconds)
        with self._lock:
            return len(self._queue)
