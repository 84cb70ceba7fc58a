"""Choice of ports: the usual one where it is free, another where it isn't."""

import errno
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

from swarmscope.errors import ConfigurationError

HOST = "127.0.0.1"
SHOP = 8000
"""The usual port of the shop."""


@dataclass(frozen=True)
class Addresses:
    """Where the parts of a demo listen."""

    store: int
    shop: int
    web: int
    master: int

    @classmethod
    def chosen(cls, store: int, web: int, say: Callable[[str], None]) -> "Addresses":
        """Choose free ports, and say which of the usual ones were taken."""
        wanted = {"store": store, "shop": SHOP, "web": web}
        # Never Locust's own: workers of another test on this machine look for their master there.
        found = choose({**wanted, "master": 0})
        for name, port in wanted.items():
            if found[name] != port:
                who = "Locust's web UI" if name == "web" else f"the {name}"
                say(f"Port {port} is taken: {who} uses {found[name]} instead.")
        return cls(**found)

    def url(self, name: str) -> str:
        """Return the URL of the part *name*."""
        return f"http://{HOST}:{getattr(self, name)}"


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a free port for each name of *wanted*: the wanted one unless somebody has it.

    All are held until all are chosen, so that no two names get the same. Between here and the
    server's own bind somebody else can still take one; the server then ends, and all are chosen
    anew.
    """
    with ExitStack() as held:
        return {name: _free(held, port) for name, port in wanted.items()}


def is_free(port: int) -> bool:
    """Say whether nobody else has *port* now."""
    with ExitStack() as held:
        try:
            _hold(held, port)
        except OSError as error:
            return error.errno != errno.EADDRINUSE
        return True


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there already: a server's own bind ends in a traceback.

    Raises:
        ConfigurationError: nobody can listen there, or somebody does.

    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "in use by another program" if taken else f"nothing to listen at ({error.strerror})"
        raise ConfigurationError(
            f"Port {port} of {host} is {why}.",
            remedy="Name another one with --port, or see who listens there.",
        ) from error


def _free(held: ExitStack, wanted: int) -> int:
    try:
        return _hold(held, wanted)
    except OSError:
        return _hold(held, 0)


def _hold(held: ExitStack, port: int) -> int:
    listener = held.enter_context(socket.socket())
    # As servers do: a port whose last connections linger in TIME_WAIT is free.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen()
    return int(listener.getsockname()[1])
