"""Who is let in at the gateway's door, and who has to go when more come than there are places."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(eq=False)
class Client:
    """A connection from *address*, which *leave* ends."""

    address: str
    leave: Callable[[], None]
    moved: float = field(default_factory=time.monotonic)


class Clients:
    """The connections that there are: *most* of them, and no more.

    Whoever connects gets a place. Who loses his for it is of the address that has most: there the
    connection on which nothing came or went for longest. Of a machine that writes each second that
    is none, even where it shares its address with somebody who holds hundreds and says nothing.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._count = 0
        # Of each address the longest silent first: nobody has to be looked for among a thousand
        # while somebody opens thousands.
        self._of: dict[str, OrderedDict[Client, None]] = {}

    def __len__(self) -> int:
        return self._count

    def held_by(self, address: str) -> int:
        """Return how many places *address* has."""
        return len(self._of.get(address, ()))

    def enter(self, client: Client) -> Client | None:
        """Give *client* a place; return who has lost his for it."""
        self._of.setdefault(client.address, OrderedDict())[client] = None
        self._count += 1
        if self._count <= self.most:
            return None
        leaving = min(
            (next(iter(held)) for held in self._of.values()),
            key=lambda silent: (-self.held_by(silent.address), silent.moved),
        )
        self.forget(leaving)
        return leaving

    def touch(self, client: Client) -> None:
        """Note that something came from *client*, or went to it."""
        held = self._of.get(client.address)
        if held and client in held:
            client.moved = time.monotonic()
            held.move_to_end(client)

    def forget(self, client: Client) -> None:
        """Take its place from *client*, if it still has it."""
        held = self._of.get(client.address)
        if not held or client not in held:
            return
        del held[client]
        self._count -= 1
        if not held:
            del self._of[client.address]


class RateLimit:
    """How often each address has come of late: *most* times in *seconds*, or it is too often."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self._seconds = seconds
        self._until = 0.0
        self._of: Counter[str] = Counter()

    def too_many(self, address: str) -> bool:
        """Count one of *address*; return whether it is too many."""
        now = time.monotonic()
        if now >= self._until:
            # All at once: what is kept of each address has an end, however many there are.
            self._of.clear()
            self._until = now + self._seconds
        self._of[address] += 1
        return self._of[address] > self.most
