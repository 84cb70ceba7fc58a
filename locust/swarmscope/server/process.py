"""Starting and stopping the server's process."""

import errno
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from swarmscope.embedded.database import Database
from swarmscope.embedded.folder import keep_private
from swarmscope.embedded.server_note import announce, withdraw
from swarmscope.errors import ConfigurationError
from swarmscope.server.app import Context, application
from swarmscope.server.hosts import HostSampler
from swarmscope.server.patience import protocol
from swarmscope.settings import Settings
from swarmscope.signals import on_stop

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Options:
    """What `serve` was told."""

    folder: Path
    host: str
    port: int
    token: str
    host_metrics: bool = True


def serve(options: Options, settings: Settings, tell: Callable[[str, Path], None]) -> None:
    """Serve until SIGTERM or SIGINT; *tell* gets URL and folder when it can be reached.

    Raises:
        ConfigurationError: the address can't be used like this.
        StoreBusyError: another process holds the store.
        StoreUnreachableError: the data folder can't be used.

    """
    if options.host not in _LOOPBACK and not options.token:
        raise ConfigurationError(
            f"Listening on {options.host} without a token would let the whole network in.",
            remedy="Set INFLUXDB_V2_TOKEN (or INFLUXDB_V2_TOKEN_FILE, or --token-file), or stay "
            "on 127.0.0.1.",
        )
    keep_private()
    # As an InfluxDB has those that somebody made, and no others: these are the settings' two.
    buckets = filter(None, (settings.bucket, settings.bucket_long))
    with Database(options.folder, buckets) as database, _door(options) as door:
        url = _url(options.host, door.getsockname()[1])
        context = Context(database, settings.bucket, settings.org, settings.bucket_long)
        server = uvicorn.Server(
            uvicorn.Config(
                application(context, token=options.token),
                http=protocol(context.patience),
                ws="none",
                log_level=logging.WARNING,
                access_log=False,
                lifespan="off",
                timeout_graceful_shutdown=5,
            )
        )
        sampler = HostSampler(database, settings.bucket, settings.host)
        announce(database.folder, url)
        try:
            _stop_on_signals(server)
            if options.host_metrics:
                sampler.start()
            tell(url, database.folder)
            server.run(sockets=[door])
        finally:
            sampler.stop()
            withdraw(database.folder)


def _door(options: Options) -> socket.socket:
    """Return a socket that already listens: whoever reads the URL may connect at once."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM
        )[0]
        door = socket.socket(family, kind)
    except OSError as error:
        raise ConfigurationError(
            f"{options.host} isn't an address of this machine ({error.strerror}).",
            remedy="Name one with --host; the default is 127.0.0.1.",
        ) from error
    try:
        # A server that just stopped leaves the port in TIME_WAIT.
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
        door.listen(128)
    except OSError as error:
        door.close()
        raise _cannot_listen(options, error) from error
    return door


def _cannot_listen(options: Options, error: OSError) -> ConfigurationError:
    where = f"{options.host}:{options.port}"
    if error.errno == errno.EADDRINUSE:
        return ConfigurationError(
            f"Port {options.port} on {options.host} is in use by another program.",
            remedy="Name a free one with --port, or let --port 0 pick one.",
        )
    return ConfigurationError(
        f"The server can't listen on {where} ({error.strerror}).",
        remedy="Name another address with --host and --port.",
    )


def _url(host: str, port: int) -> str:
    # An address that means "all of them" can't be gone to.
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{reachable}]:{port}" if ":" in reachable else f"http://{reachable}:{port}"


def _stop_on_signals(server: uvicorn.Server) -> None:
    """Make SIGTERM and SIGINT end the server in order, also before it runs.

    uvicorn raises a signal again when it is done, and the default answer to SIGTERM is to die
    without closing the store.
    """

    def stop() -> None:
        server.should_exit = True

    on_stop(stop)
