"""A master whose judge breaks down at the end of its run."""

from typing import Any

from swarmscope.gate.live import Live


def _break_down(*_: Any) -> None:
    raise RuntimeError("the judge broke down")


Live.conclude = _break_down  # type: ignore[method-assign,assignment]
