"""What would be said too often."""

import time


class Seldom:
    """Something that is due at most once in *every_s* seconds, the first time at once."""

    def __init__(self, every_s: float = 60.0) -> None:
        self._every_s = every_s
        self._next = 0.0

    def due(self) -> bool:
        """Return whether it is; then it isn't for a while."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._every_s
        return True
