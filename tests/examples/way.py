"""How a locustfile of somebody else's is run."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Beside:
    """A server that a locustfile expects, and the port by which it is known to be up."""

    command: tuple[str, ...]
    port: int


@dataclass(frozen=True)
class Way:
    """How a locustfile is run. By default: headless, in one process, against our target."""

    web: bool = False
    """With Locust's page, where it adds its own target; started by itself."""
    as_written: bool = False
    """Without --host: what the file says counts."""
    workers: int = 0
    program: bool = False
    """It runs Locust as a library; the listener is imported before it."""
    worker_program: str = ""
    """The program that is its worker; its master is started from Locust's page."""
    seconds: int = 6
    users: int = 3
    env: tuple[tuple[str, str], ...] = ()
    also: tuple[Path, ...] = ()
    """Further locustfiles: this one has no user."""
    folders: tuple[str, ...] = ()
    beside: tuple[Beside, ...] = ()
    addresses: tuple[str, ...] = ()
    """Public addresses that it asks; they are on loopback."""
    options: tuple[str, ...] = ()
    remark: str = ""
    """What its numbers don't say by themselves."""
    not_here: str = ""
    """Why it can't be run."""
    needs: tuple[str, ...] = ()
    """What it imports that neither Locust nor swarmscope brings, as requirements of pip."""
    only_here: str = ""
    """Why the stack's image can't run it."""
    above: int = 0
    """How many folders above its own belong to it: it is started in the topmost."""

    def not_in_the_image(self) -> str:
        """Return why the stack can't run it as it is; empty where it can."""
        if self.only_here:
            return self.only_here
        if self.program:
            return "a program that starts Locust by itself, as the stack does"
        return self.not_here


PART = Way()
"""No locustfile: what another one needs."""
