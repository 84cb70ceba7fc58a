"""Where the requests of each endpoint lie until their window closes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from swarmscope.line_protocol import ELLIPSIS, MAX_TAG
from swarmscope.recording import statuses
from swarmscope.recording.cardinality import Budget
from swarmscope.recording.endpoint import FOLDED, endpoint_key
from swarmscope.recording.failures import text_of
from swarmscope.recording.tally import Key, Raw

_ALIASES_PER_NAME = 8
"""Raw spellings that are remembered for each endpoint; more are looked up the slow way."""
_COLUMNS = 4
_FAILED = 3


@dataclass
class Cell:
    """The requests of one endpoint, in the window that is open."""

    key: Key
    requests: list[Any] = field(default_factory=list)
    """Time, length, status and whether it failed, of one after the other: in one step, and without
    an object of its own for each, at which Python's garbage collector would look."""
    closed: int = 0
    """Requests that were in it before, in windows that are closed."""
    closed_failures: int = 0

    def close(self) -> Raw | None:
        """Return what lies in it, if anything does, and empty it."""
        end = len(self.requests)
        if not end:
            return None
        # Not copied and cleared: a native thread may add in between.
        taken = self.requests[:end]
        times, lengths, told, failed = (taken[i::_COLUMNS] for i in range(_COLUMNS))
        failures = sum(failed)
        failed_times = list(compress(times, failed)) if failures else []
        # Before it is emptied: whoever looks meanwhile counts too much, and never too little.
        self.closed += len(times)
        self.closed_failures += failures
        del self.requests[:end]
        return Raw(self.key, times, lengths, failures, statuses.counted(told), failed_times)

    def heard(self) -> tuple[int, int]:
        """Return how many requests, and failures among them, ever came."""
        failures = self.closed_failures + sum(self.requests[_FAILED::_COLUMNS])
        return self.closed + len(self.requests) // _COLUMNS, failures


Entry = tuple[Cell, Callable[..., None]]
"""A cell, and what puts a request into it."""


class Cells:
    """The cells of a run: one for each endpoint that *budget* admits, and one for all others."""

    def __init__(
        self, budget: Budget, warn: Callable[[str], None], *, template_names: bool
    ) -> None:
        self._budget = budget
        self._template_names = template_names
        self._warn = warn
        self._cells: dict[Key, Cell] = {}
        self.aliases: dict[object, Entry] = {}
        """By name and method as they were given."""
        self._cut = False

    def find(self, name: object, method: object) -> Entry:
        """Find or open the cell of a spelling that is not known yet (or can't be hashed)."""
        key = endpoint_key(name, method, template=self._template_names)
        if not self._budget.admits(key[0], known_as=key):
            key = FOLDED
        cell = self._cells.get(key)
        if cell is None:
            if not self._cut and key[0].endswith(ELLIPSIS):
                self._warn_cut(key, len(text_of(name)))
            cell = self._cells.setdefault(key, Cell(key))
        entry = (cell, cell.requests.extend)
        if len(self.aliases) < self._budget.count * _ALIASES_PER_NAME:
            try:
                self.aliases[name, method] = entry
            except Exception:  # noqa: BLE001 - a name that can't be a key is looked up each time
                return entry
        return entry

    def key_of(self, name: object, method: object) -> Key:
        """Return where requests of *name* and *method* are counted, or would be."""
        try:
            known = self.aliases.get((name, method))
        except Exception:  # noqa: BLE001 - a name that can't be a key
            known = None
        if known:
            return known[0].key
        return self.counted_as(endpoint_key(name, method, template=self._template_names))

    def counted_as(self, key: Key) -> Key:
        """Return where requests of the endpoint *key* are counted, or would be."""
        return key if self._budget.would_admit(key) else FOLDED

    @property
    def open(self) -> int:
        """Requests in the open window."""
        return sum(len(cell.requests) for cell in self._each()) // _COLUMNS

    def heard(self) -> dict[Key, tuple[int, int]]:
        """Return of each endpoint how many requests, and failures among them, came so far."""
        return {cell.key: cell.heard() for cell in self._each()}

    def close(self) -> list[Raw]:
        """Return what lies in the cells, and empty them."""
        return [raw for raw in (cell.close() for cell in self._each()) if raw]

    def _each(self) -> list[Cell]:
        # In one step: a native thread may open one.
        return list(self._cells.values())

    def _warn_cut(self, key: Key, length: int) -> None:
        if length > MAX_TAG:
            self._cut = True
            self._warn(
                f"A name has {length:,} characters ({key[0][:80]!r} …): its requests are counted, "
                f"under its first {MAX_TAG - 1:,}, together with those of all names that begin "
                "so. Further ones are not told. Give requests of one kind one short name "
                '(self.client.get(url, name="/item/[id]")).'
            )
