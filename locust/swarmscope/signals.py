"""Ctrl-C and its relatives: what ends a service, a flag that a program looks at, or nothing."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Self

# A closed terminal sends SIGHUP; Windows has no such thing.
ASKING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
STOPPING = (signal.SIGTERM, signal.SIGINT)
"""What a service is stopped by: who supervises it sends the one, Ctrl-C the other."""
_LOOK_S = 0.1


def on_stop(stop: Callable[[], object]) -> None:
    """From now on, for as long as this process lives, call *stop* when a service is to stop."""
    for number in STOPPING:
        signal.signal(number, lambda _number, _frame: stop())


@contextmanager
def handled(handler: Callable[[int, FrameType | None], Any] | signal.Handlers) -> Iterator[None]:
    """While its block runs, let *handler* have what asks this process to end."""
    before = [(number, signal.signal(number, handler)) for number in ASKING]
    try:
        yield
    finally:
        for number, former in before:
            signal.signal(number, former)


class Signals:
    """While its block runs, the first signal sets `asked` and the second raises.

    The handler says nothing itself: it may come in the middle of a line that is being printed, and
    Python's output can't be entered twice. Nor does it touch a lock: `asked` is no Event.
    """

    def __init__(self) -> None:
        self.asked = False
        self._handled = handled(self._handle)

    def __enter__(self) -> Self:
        """Take the signals over."""
        self._handled.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        self._handled.__exit__(kind, error, trace)

    def _handle(self, _: int, __: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    def wait(self, seconds: float) -> None:
        """Wait for *seconds*, or until somebody asks, if nobody has by now."""
        until = time.monotonic() + seconds
        while not self.asked and (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _LOOK_S))
