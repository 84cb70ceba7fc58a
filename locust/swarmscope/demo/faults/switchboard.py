"""Which faults are on, and the switching of them."""

import asyncio
from collections.abc import Callable

from swarmscope.demo.faults.effects import EFFECTS
from swarmscope.demo.faults.table import FAULTS, Sized
from swarmscope.demo.parts import Parts


class Switchboard:
    """Switches faults of a shop on and off, and tells of each time that something changed."""

    def __init__(self, parts: Parts, tell: Callable[[str], None]) -> None:
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
            await EFFECTS[name](self._parts, sized.size)
            self._sizes[name] = sized.size
            self._tell(f"{sized} on")

    async def switch_off(self, name: str) -> None:
        """Let the fault *name* be no more."""
        async with self._turn:
            if name not in self._sizes:
                return
            await EFFECTS[name](self._parts, 0)
            del self._sizes[name]
            self._tell(f"{name} off")

    async def all_off(self) -> None:
        """Let there be none."""
        for name in FAULTS:
            await self.switch_off(name)
