"""Which faults are on, and the switching of them."""

import asyncio
import time
from collections.abc import Callable

from swarmscope.demo.faults.effects import EFFECTS
from swarmscope.demo.faults.table import FAULTS, Sized
from swarmscope.demo.parts import Parts

Tell = Callable[[str, int], None]
"""Takes what happened, and when: ns since 1970."""


class Switchboard:
    """Switches faults of a shop on and off, and tells of each time that something changes.

    As it begins to: a million ratings take the database seconds, in which all suffers already. In
    the stack a mark lies where it arrives: one of the end would have the effect before its cause.
    """

    def __init__(self, parts: Parts, tell: Tell) -> None:
        self._parts = parts
        self._tell = tell
        self._sizes: dict[str, float] = {}
        # One after the other: some take a moment, and two at once would leave either's half.
        self._turn = asyncio.Lock()

    @property
    def sizes(self) -> dict[str, float]:
        """Those that are on, with their sizes."""
        return dict(self._sizes)

    async def switch_on(self, sized: Sized) -> None:
        """Let there be this fault, of this size."""
        async with self._turn:
            name = sized.fault.name
            if self._sizes.get(name) == sized.size:
                return
            await self._change(name, sized.size, f"{sized} on")
            self._sizes[name] = sized.size

    async def switch_off(self, name: str) -> None:
        """Let the fault *name* be no more."""
        async with self._turn:
            if name not in self._sizes:
                return
            await self._change(name, 0, f"{name} off")
            del self._sizes[name]

    async def _change(self, name: str, size: float, told: str) -> None:
        self._tell(told, time.time_ns())
        try:
            await EFFECTS[name](self._parts, size)
        except Exception:
            self._tell(f"{told}: that failed", time.time_ns())
            raise

    async def all_off(self) -> None:
        """Let there be none."""
        for name in FAULTS:
            await self.switch_off(name)
