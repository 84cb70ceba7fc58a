"""Choice of ports: the usual one where it is free, another where it isn't."""

import socket
from collections.abc import Mapping
from contextlib import ExitStack

HOST = "127.0.0.1"


def choose(wanted: Mapping[str, int]) -> dict[str, int]:
    """Return a free port for each name of *wanted*: the wanted one unless somebody has it.

    All are held until all are chosen, so that no two names get the same. Between here and the
    server's own bind somebody else can still take one; the server then says so and ends.
    """
    with ExitStack() as held:
        return {name: _hold(held, port) for name, port in wanted.items()}


def _hold(held: ExitStack, wanted: int) -> int:
    for port in (wanted, 0):
        listener = held.enter_context(socket.socket())
        # As servers do: a port whose last connections linger in TIME_WAIT is free.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError:
            if not port:
                raise
        else:
            return int(listener.getsockname()[1])
    raise AssertionError("the loop returns or raises")  # pragma: no cover
