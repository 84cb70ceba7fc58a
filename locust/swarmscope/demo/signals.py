"""Ctrl-C and its relatives, as a flag the demo looks at: the first asks, the second insists."""

import signal
from types import FrameType, TracebackType
from typing import Any, Self

# A closed terminal sends SIGHUP; Windows has no such thing.
ASKING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Signals:
    """While its block runs, the first signal sets `asked` and the second raises.

    The handler says nothing itself: it may come in the middle of a line that is being printed, and
    Python's output can't be entered twice.
    """

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Take the signals over."""
        for number in ASKING:
            self._before[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        """Give the signals back."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, _: int, __: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
