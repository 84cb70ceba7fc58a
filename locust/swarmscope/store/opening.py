"""Finding the right way to ask: a server of either kind, or the file in the data folder."""

import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.database import FILE_NAME
from swarmscope.store.flux_reader import FluxReader
from swarmscope.store.http import send
from swarmscope.store.reader import HttpReader, Reader, open_reader

DATA = Path(".swarmscope")
"""The data folder where none is named."""
INFLUXDB = "influxdb"
EMBEDDED = "swarmscope"
_TIMEOUT_S = 10


@dataclass(frozen=True)
class Health:
    """What a server says of itself."""

    kind: str
    """`INFLUXDB` or `EMBEDDED`."""
    version: str
    ready: bool
    date: datetime | None
    """Its clock, to the second."""


def open_store(
    settings: Settings,
    environ: Mapping[str, str],
    *,
    url: str | None = None,
    data: Path | None = None,
) -> Reader:
    """Return a reader of the store that was named: by *data*, *url*, or INFLUXDB_V2_URL.

    Where nothing is named it is the store in the folder `DATA`, and without one the server at the
    default URL.

    Raises:
        StoreBusyError: another process holds the file, and it is no server.
        StoreUnreachableError: there is no store.

    """
    named = url or environ.get("INFLUXDB_V2_URL")
    if data is None and not named and (DATA / FILE_NAME).is_file():
        data = DATA
    if data is not None:
        return open_reader(data, token=settings.token, bucket=settings.bucket)
    settings = replace(settings, url=url or settings.url)
    if health(settings).kind == INFLUXDB:
        return FluxReader(settings)
    return HttpReader(settings.url, settings.token)


def health(settings: Settings) -> Health:
    """Ask the server at the settings' URL what it is.

    Raises:
        StoreUnreachableError: it doesn't answer, or is neither of the two.

    """
    url = settings.url.rstrip("/")
    request = urllib.request.Request(f"{url}/health")  # noqa: S310 - Settings takes http only
    try:
        answer: HTTPResponse | urllib.error.HTTPError = send(
            request, _TIMEOUT_S, tls_context(settings)
        )
    except urllib.error.HTTPError as error:
        # 503 is how an InfluxDB says that it isn't ready yet: its body still tells.
        answer = error
    except (OSError, HTTPException, ValueError) as error:
        raise StoreUnreachableError(
            f"Nothing answers at {url} ({getattr(error, 'reason', error)}).",
            remedy="Start a store with `swarmscope serve`, or name one with INFLUXDB_V2_URL, "
            "--url or --data.",
        ) from error
    with answer:
        told = _told(answer)
        date = _date(answer.headers.get("Date"))
    if told.get("name") not in (INFLUXDB, EMBEDDED):
        raise StoreUnreachableError(
            f"{url} answers, but it is neither an InfluxDB 2 nor `swarmscope serve`.",
            remedy="Correct INFLUXDB_V2_URL or --url.",
        )
    return Health(
        told["name"],
        told.get("version", "?"),
        told.get("status") == "pass",
        date,
    )


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return how to check the certificate of the server at the settings' URL."""
    if not settings.url.startswith("https:"):
        return None
    context = ssl.create_default_context(cafile=settings.ssl_ca_cert or None)
    if not settings.verify_ssl:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _told(answer: HTTPResponse | urllib.error.HTTPError) -> dict[str, str]:
    try:
        told = json.loads(answer.read(65_536))
    except (OSError, HTTPException, ValueError, RecursionError):
        return {}  # whatever it is, it doesn't say what it is
    return {k: str(v) for k, v in told.items()} if isinstance(told, dict) else {}


def _date(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text) if text else None
    except ValueError:
        return None  # its clock is one thing less that is known of it
