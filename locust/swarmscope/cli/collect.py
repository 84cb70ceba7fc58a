"""``swarmscope collect``: log records and requests of all workers in one place.

Exit codes: 0 ended by Ctrl-C, or keys were made, 2 wrong usage.
"""

import logging
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from swarmscope.collector import collector
from swarmscope.errors import ConfigurationError
from swarmscope.logs.curve import make_keys as write_keys
from swarmscope.logs.curve import read_key
from swarmscope.settings import Settings, values

log = logging.getLogger(__name__)


def collect(
    bind: Annotated[
        str, typer.Option(help="where to listen: tcp://ADDRESS:PORT; port 0 picks a free one")
    ] = "tcp://127.0.0.1:5558",
    file: Annotated[
        Path | None,
        typer.Option(help="file for the lines", show_default="$ZMQ_SINK_LOG_FILE"),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="file with the secret key: only workers with its twin send")
    ] = None,
    store: Annotated[bool, typer.Option(help="write log records to the store as well")] = True,
    make_keys: Annotated[
        Path | None, typer.Option(metavar="DIR", help="make a pair of keys there, and end")
    ] = None,
) -> None:
    """Take log records and requests of all workers over ZeroMQ into a file and the store."""
    if make_keys:
        secret, public = write_keys(make_keys)
        typer.echo(f"The collector's secret key: {secret}  (--key-file)")
        typer.echo(f"Its public key, for workers: {public}  (SWARMSCOPE_LOG_SINK_KEY_FILE)")
        return
    settings = Settings.from_env()
    # What is wrong goes to the terminal, or into a container's log.
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    address = _address(bind)
    target = file or settings.sink_log_file
    key = read_key(key_file) if key_file else None
    if key is None and not _is_loopback(address):
        log.warning(
            "Whoever reaches %s can write into the log. Keep it on a network of your own, or use "
            "keys: swarmscope collect --make-keys DIR.",
            address,
        )

    def tell(where: str) -> None:
        typer.echo(f"Collecting at {where} into {target}; Ctrl-C ends it.")
        typer.echo(f"For Locust's processes: export SWARMSCOPE_LOG_SINK={where}")

    collector.collect(collector.Options(address, target, key, store), settings, tell)


def _address(bind: str) -> str:
    try:
        return values.address(bind)
    except ValueError as error:
        raise ConfigurationError(
            f"--bind is {bind!r}, which can't be used: {error}.",
            data="Nothing is collected.",
            remedy="Name it as tcp://127.0.0.1:5558.",
        ) from error


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
