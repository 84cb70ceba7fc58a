"""Health checks of our containers: ``python -m swarmscope.stack health CHECK``.

CHECK is ``master``, ``worker``, ``listens PORT``, ``packets PORT`` or ``http URL``. They run
beside the load, in each worker: what they import and ask is as cheap as can be.
"""

from collections.abc import Sequence
from pathlib import Path

from swarmscope.errors import ConfigurationError, ExitCode

WEB_UI = "http://page-of-locust:8089/"
"""By the one name of the master's that its page listens on (docker-compose.yml)."""
MASTER_PORT = 5557
"""Locust's own: where workers reach the master."""
_TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
_PACKET_TABLES = (Path("/proc/net/udp"), Path("/proc/net/udp6"))
# States of a socket in these tables: include/net/tcp_states.h of Linux.
_ESTABLISHED = "01"
_LISTENING = "0A"
_TIMEOUT_S = 5
NOT_READY = 1


def sockets(tables: Sequence[Path] = _TABLES) -> list[tuple[int, int, str]]:
    """Return local port, remote port and state of each socket of this network namespace."""
    found = []
    for table in tables:
        if not table.exists():  # a kernel without IPv6
            continue
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            _, local, remote, state, *_ = line.split()
            found.append((_port(local), _port(remote), state))
    return found


def _port(address: str) -> int:
    return int(address.rpartition(":")[2], 16)


def unready_worker(port: int = MASTER_PORT) -> str:
    """Return why this worker isn't ready; empty when it is connected to its master."""
    if any(remote == port and state == _ESTABLISHED for _, remote, state in sockets()):
        return ""
    return f"The worker has no connection to a master's port {port}."


def unready_port(port: int) -> str:
    """Return why nobody can connect to *port*; empty when a server of this container listens."""
    if any(local == port and state == _LISTENING for local, _, state in sockets()):
        return ""
    return f"Nothing listens on port {port} yet."


def unready_packets(port: int) -> str:
    """Return why no packet to *port* is taken; empty when a program of this container waits."""
    if any(local == port for local, _, _ in sockets(_PACKET_TABLES)):
        return ""
    return f"Nothing waits for packets on port {port} yet."


def unready_master(url: str = WEB_UI, port: int = MASTER_PORT) -> str:
    """Return why this master isn't ready; empty when workers and users can reach it."""
    return unready_port(port) or unready_http(url)


def unready_http(url: str) -> str:
    """Return why *url* isn't ready; empty when it answers well."""
    import urllib.request  # noqa: PLC0415 - workers don't need it

    from swarmscope.transport.http import send  # noqa: PLC0415 - the same

    try:
        with send(urllib.request.Request(url), _TIMEOUT_S, within=True):  # noqa: S310 - our own
            return ""
    except OSError as error:  # an HTTPError is one too
        return f"{url} doesn't answer well: {error}."


def main(arguments: Sequence[str]) -> int:
    """Return 0 if the service is ready; else 1, and say why not."""
    match list(arguments):
        case ["worker"]:
            reason = unready_worker()
        case ["master"]:
            reason = unready_master()
        case ["listens", port] if port.isdigit():
            reason = unready_port(int(port))
        case ["packets", port] if port.isdigit():
            reason = unready_packets(int(port))
        case ["http", url]:
            reason = unready_http(url)
        case _:
            raise ConfigurationError(
                "A health check is of a master, a worker, listens or packets with a port, or "
                "http with a URL.",
                remedy="For example: health http http://localhost:8080/health",
            )
    print(reason or "ready")  # noqa: T201 - `docker inspect` shows it
    return NOT_READY if reason else ExitCode.FINE
