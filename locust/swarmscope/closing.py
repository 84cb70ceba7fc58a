"""What all that holds a store open has in common."""

from types import TracebackType
from typing import Self


class Closing:
    """A context manager that closes itself at the end."""

    def close(self) -> None:
        """Let go of the store."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
