"""A network of its own for whatever a public locustfile does: nothing of it leaves this machine."""

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

INSIDE = "--inside"
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1


def enter(arguments: Sequence[str]) -> None:
    """Go on in a namespace that has a loopback device and no other; doesn't return."""
    for needed in ("unshare", "openssl"):
        if shutil.which(needed) is None:
            raise SystemExit(
                f"{needed} is not on PATH: public locustfiles are run where no network is, behind "
                "certificates for the names they ask. Nothing was run; install it."
            )
    # Real root keeps its users: a server that refuses to be root's can then be somebody else's.
    command = ["unshare", "--net", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
    os.execvp("unshare", [*command, sys.executable, "-m", "tests.examples", INSIDE, *arguments])


def bring_up(folder: Path, hosts: Sequence[str]) -> None:
    """Let loopback work here, and let *hosts* be on it."""
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    with socket.socket() as any_socket:
        for name in others:
            if _flags(any_socket, name) & _UP:
                raise SystemExit(f"{name} is up: this is no network of its own. Nothing was run.")
        flags = _flags(any_socket, "lo") | _UP
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags))
    names = folder / "hosts"
    names.write_text("".join(f"127.0.0.1 {host}\n" for host in ("localhost", *hosts)))
    subprocess.run(["mount", "--bind", names, "/etc/hosts"], check=True)


def _flags(any_socket: socket.socket, name: str) -> int:
    asked = fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sh14x", name.encode(), 0))
    flags: int = struct.unpack("16sh14x", asked)[1]
    return flags
