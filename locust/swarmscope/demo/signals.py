"""Ctrl-C and its relatives, as a flag the demo looks at: the first asks, the second insists."""

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

# A closed terminal sends SIGHUP; Windows has no such thing.
ASKING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Signals:
    """While its block runs, the first signal sets `asked` and the second raises."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.asked = False
        self._say = say
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
        self._say(
            "\nStopping the load; the summary of what was measured follows. "
            "Once more, and the demo ends at once."
        )
