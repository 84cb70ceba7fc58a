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
_GET_FLAGS, _SET_FLAGS, _SET_ADDRESS, _UP = 0x8913, 0x8914, 0x8916, 0x1


def enter(arguments: Sequence[str]) -> None:
    """Go on in a namespace that has a loopback device and no other; doesn't return."""
    _demand("unshare", "openssl")
    # Real root keeps its users: a server that refuses to be root's can then be somebody else's.
    command = ["unshare", "--net", "--mount", *(["--map-root-user"] if os.geteuid() else [])]
    os.execvp("unshare", [*command, *_self(arguments)])


def run_beside(pid: int, arguments: Sequence[str]) -> int:
    """Run in the network of the process *pid*, a container's; return the exit code."""
    _demand("nsenter", "unshare", "openssl")
    if os.geteuid():
        raise SystemExit("Only root may enter a container's network. Nothing was run; use sudo.")
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", "unshare", "--mount", *_self(arguments)]
    return subprocess.run(command, check=False).returncode


def bring_up(folder: Path, hosts: Sequence[str], addresses: Sequence[str]) -> None:
    """Let loopback work here, and let *hosts* and *addresses* be on it."""
    routes = Path("/proc/net/route").read_text().splitlines()[1:]
    if any(route.split()[1] == "00000000" for route in routes):
        raise SystemExit("This network has a way out: it is none of its own. Nothing was run.")
    with socket.socket() as any_socket:
        flags = _flags(any_socket, "lo") | _UP
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags))
        for number, address in enumerate(addresses):
            wanted = (f"lo:{number}".encode(), socket.AF_INET, socket.inet_aton(address))
            fcntl.ioctl(any_socket, _SET_ADDRESS, struct.pack("16shxx4s8x", *wanted))
    names = folder / "hosts"
    names.write_text("".join(f"127.0.0.1 {host}\n" for host in ("localhost", *hosts)))
    subprocess.run(["mount", "--bind", names, "/etc/hosts"], check=True)


def _demand(*programs: str) -> None:
    for needed in programs:
        if shutil.which(needed) is None:
            raise SystemExit(
                f"{needed} is not on PATH: public locustfiles are run where no network is, behind "
                "certificates for the names they ask. Nothing was run; install it."
            )


def _self(arguments: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "tests.examples", INSIDE, *arguments]


def _flags(any_socket: socket.socket, name: str) -> int:
    asked = fcntl.ioctl(any_socket, _GET_FLAGS, struct.pack("16sh14x", name.encode(), 0))
    flags: int = struct.unpack("16sh14x", asked)[1]
    return flags
