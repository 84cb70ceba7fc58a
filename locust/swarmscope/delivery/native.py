"""Native threads for work that blocks, of which can be told what they do."""

import sys
import traceback
from collections.abc import Callable
from time import monotonic
from types import FrameType
from typing import Any, TypeVar

from gevent import config, getcurrent
from gevent.monkey import get_original
from gevent.threadpool import ThreadPool

T = TypeVar("T")

_get_ident = get_original("_thread", "get_ident")
"""Python's own: the patched one tells greenlets apart, and frames are known by thread."""
_FRAMES = 12
"""Innermost frames of a thread that are told: enough to see where it waits, and for whom."""


class NativeThread:
    """One native thread, which does one piece of work at a time; *name* is for messages."""

    def __init__(self, name: str) -> None:
        # Found, and imported, by the first thread that looks up a name: it mustn't be this one.
        config.resolver  # noqa: B018
        self.name = name
        self._pool = ThreadPool(1)
        self._work: tuple[int, Any, float] | None = None

    def run(self, work: Callable[[], T]) -> T:
        """Return what *work* returns; other greenlets run meanwhile."""

        def watched() -> tuple[T, None] | tuple[None, Exception]:
            self._work = (_get_ident(), getcurrent(), monotonic())
            try:
                return work(), None
            except Exception as error:  # noqa: BLE001 - raised below: gevent prints a thread's own
                return None, error
            finally:
                self._work = None

        result, error = self._pool.apply(watched)
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    @property
    def busy_s(self) -> float:
        """For how many seconds it has been at its present work; 0 when it has none."""
        work = self._work
        return monotonic() - work[2] if work else 0.0

    def doing(self) -> str:
        """Return where in the code the thread is, outermost call first; empty when it is idle."""
        work = self._work
        if work is None:
            return ""
        ident, greenlet, _ = work
        # A greenlet that waits for a socket has handed its thread over to gevent's loop.
        frame: FrameType | None = greenlet.gr_frame or sys._current_frames().get(ident)
        stack = traceback.extract_stack(frame) if frame else []
        return " → ".join(f"{f.filename}:{f.lineno} {f.name}" for f in stack[-_FRAMES:])
