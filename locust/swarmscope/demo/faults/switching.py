"""How a fault is switched from outside: by requests to the shop's admin path.

``python -m swarmscope.demo.faults.switching URL [FAULT[:SIZE] | off]`` does it by hand, and says
what is on then.
"""

import json
import sys
import time
import urllib.request
from collections.abc import Callable, Sequence
from urllib.parse import quote

from swarmscope.demo.faults.admin import PATH
from swarmscope.demo.faults.table import FAULTS, Sized, parse
from swarmscope.errors import ConfigurationError, ExitCode, SwarmscopeError
from swarmscope.transport.http import send

BEGINS, ENDS = 0.25, 0.8
"""Parts of the load after which a fault begins and ends: what is like without it is seen, too."""
OFF = "off"
_TIMEOUT_S = 10.0


class NotSwitchedError(SwarmscopeError):
    """The shop doesn't answer, or lets nobody switch."""


class Switching:
    """Lets the *shop* suffer from a fault for a part of the load, and says when."""

    def __init__(
        self, shop: str, fault: Sized, duration: float, say: Callable[[str], None]
    ) -> None:
        self._shop = shop
        self._fault = fault
        self._say = say
        self._moments = [duration * BEGINS, duration * ENDS]
        self._changes = [str(fault), OFF]
        self._started = 0.0
        self._told_of_silence = False

    def line(self) -> str:
        """Return what will happen."""
        begin, end = map(_clock, self._moments)
        return f"{self._fault} from {begin} to {end}: {self._fault.fault.does}"

    def begin(self) -> None:
        """Count the seconds of the load from now on."""
        self._started = time.monotonic()

    def tick(self) -> None:
        """Switch, if it is time to; a shop too full to answer is asked again at the next tick."""
        elapsed = time.monotonic() - self._started
        if not self._moments or elapsed < self._moments[0]:
            return
        change = self._changes[0]
        try:
            switch(self._shop, change)
        except NotSwitchedError as error:
            if not self._told_of_silence:
                self._say(f"{error} It is asked again.")
            self._told_of_silence = True
            return
        self._moments.pop(0)
        self._changes.pop(0)
        self._told_of_silence = False
        self._say(f"{_clock(time.monotonic() - self._started):>6}   fault {change}")


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


def switch(shop: str, change: str = "") -> dict[str, float]:
    """Return which faults of *shop* are on, after a *change*: a fault with a size, or ``off``.

    Raises:
        ConfigurationError: there is no such fault.
        NotSwitchedError: the shop doesn't answer, or refuses.

    """
    method, path = "GET", PATH
    if change == OFF:
        method = "DELETE"
    elif change:
        wanted = parse(change)
        method, path = "PUT", f"{PATH}/{quote(wanted.fault.name)}?size={wanted.size:g}"
    request = urllib.request.Request(f"{shop}{path}", method=method)  # noqa: S310  # ours
    try:
        with send(request, _TIMEOUT_S) as answer:
            on: dict[str, float] = json.loads(answer.read())["on"]
            return on
    except OSError as error:
        raise NotSwitchedError(
            f"The shop at {shop} can't be told to change its faults: {error}.",
            data="It may still do as it was told."
            if isinstance(error, TimeoutError)
            else "Its faults are as they were.",
            remedy="It must be running there, have been started with --faults (a demo is, with any "
            "fault), and be asked from its own machine.",
        ) from error


def _told(words: Sequence[str]) -> Sequence[str]:
    if len(words) in (1, 2):
        return words
    raise ConfigurationError(
        f"A shop's address and at most one fault are wanted, and not {len(words)} words.",
        data="Nothing was changed.",
        remedy="One fault after the other: switching http://127.0.0.1:8000 cliff:8",
    )


def main() -> int:
    """Switch what the command line says, and return the exit code."""
    try:
        on = switch(*_told(sys.argv[1:]))
    except SwarmscopeError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return error.exit_code
    told = ", ".join(f"{name}:{size:g} ({FAULTS[name].does})" for name, size in on.items())
    print(f"On: {told or 'no fault'}")  # noqa: T201
    return ExitCode.FINE


if __name__ == "__main__":
    sys.exit(main())
