"""Runs inside a container: each way to have a Unix socket that the kernel knows."""

import ctypes
import os
import socket
import sys
from collections.abc import Callable

_IO_URING_SETUP = 425
_SOCKET_OF_X32 = 0x40000000 + 41
"""The same call by the numbers of another ABI, which a filter for one doesn't know."""
_LIBRARY = ctypes.CDLL(None, use_errno=True)


def had(get: Callable[[], object]) -> str:
    try:
        get()
    except OSError:
        return "refused"
    return "had"


def ring() -> None:
    parameters = (ctypes.c_byte * 120)()
    if _LIBRARY.syscall(_IO_URING_SETUP, 8, parameters) < 0:
        raise OSError(ctypes.get_errno(), "io_uring")


def other_numbers() -> str:
    child = os.fork()
    if not child:
        made = _LIBRARY.syscall(_SOCKET_OF_X32, socket.AF_UNIX, socket.SOCK_STREAM, 0)
        os._exit(0 if made >= 0 else 1)
    _, status = os.waitpid(child, 0)
    return "ended" if os.WIFSIGNALED(status) else "had" if status == 0 else "refused"


TRIES = {
    "stream": lambda: had(lambda: socket.socket(socket.AF_UNIX)),
    "datagram": lambda: had(lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)),
    "pair": lambda: had(lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)),
    "ring": lambda: had(ring),
    "other-numbers": other_numbers,
    "internet": lambda: had(lambda: socket.socket(socket.AF_INET)),
}

if __name__ == "__main__":
    sys.stdout.write("\n".join(f"{name}:{tried()}" for name, tried in TRIES.items()))
