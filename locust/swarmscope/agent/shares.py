"""Which part of each class's arrivals is which worker's: as many as it has of the class's users.

Locust puts users of one class on any worker: of two classes on two workers each may have one alone.
"""

from collections.abc import Iterable, Mapping
from time import monotonic
from typing import Any

from swarmscope.load.schedule import Share

_PATIENCE_S = 3.0
"""How long workers may tell of other users, together, than were asked for: some end themselves, and
some are lost."""

Users = Mapping[str, int]


class Shares:
    """Shares of a run's arrivals, told when what the workers have is what was asked for."""

    def __init__(self) -> None:
        self._users: dict[str, Users] = {}
        self._shares: dict[str, dict[str, Share]] = {}
        self._since: dict[str, float] = {}
        """Since when a class's workers have had others than are told."""

    def hear(self, client_id: str, users: Any) -> None:
        """Take how many *users* of each class a worker has that wait for arrivals."""
        if isinstance(users, dict) and all(
            isinstance(cls, str) and isinstance(n, int) and n >= 0 for cls, n in users.items()
        ):
            self._users[client_id] = users

    def settle(self, present: Iterable[str], targets: Users) -> bool:
        """Share out what changed; return whether anything did. *targets* are users by class."""
        there = sorted(set(present) & self._users.keys())
        changed = False
        for cls in {cls for client in there for cls in self._users[client]}:
            dealt = _deal({client: self._users[client].get(cls, 0) for client in there})
            if dealt == self._shares.get(cls, {}):
                self._since.pop(cls, None)
            elif self._is_due(cls, sum(share.users for share in dealt.values()), targets):
                self._shares[cls] = dealt
                del self._since[cls]
                changed = True
        return changed

    def _is_due(self, cls: str, users: int, targets: Users) -> bool:
        since = self._since.setdefault(cls, monotonic())
        return users > 0 and (users == targets.get(cls) or monotonic() - since >= _PATIENCE_S)

    def of(self, client_id: str) -> dict[str, list[int]]:
        """Return a worker's shares by class, as they are sent; of a class it has none of, none."""
        found = {cls: dealt.get(client_id) for cls, dealt in self._shares.items()}
        return {cls: [s.first, s.users, s.total] for cls, s in found.items() if s is not None}


def _deal(users: Users) -> dict[str, Share]:
    """Return the share of each worker that has so many *users*."""
    total = sum(users.values())
    shares, first = {}, 0
    for client, n in users.items():
        shares[client] = Share(first, n, total)
        first += n
    return shares
