"""The store's server: what it is, and how it is asked. Needs no DuckDB: a master asks as well."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse

from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.store.http_reader import HttpReader
from swarmscope.store.question import Reader
from swarmscope.transport.bounded import BRIEF_BYTES, Brief
from swarmscope.transport.causes import ODD, cause
from swarmscope.transport.http import send

INFLUXDB = "influxdb"
EMBEDDED = "swarmscope"
_TIMEOUT_S = 10


@dataclass(frozen=True)
class ServerHealth:
    """What a server says of itself."""

    kind: str
    """`INFLUXDB` or `EMBEDDED`."""
    version: str
    ready: bool
    date: datetime | None
    """Its clock, to the second."""


def open_server(settings: Settings) -> Reader:
    """Return a reader of the server at the settings' URL, of either kind.

    Raises:
        StoreUnreachableError: it doesn't answer, or is neither of the two.

    """
    if health(settings).kind == INFLUXDB:
        # Half of what a command's start takes is InfluxDB's client.
        from swarmscope.store.flux_reader import FluxReader  # noqa: PLC0415

        return FluxReader(settings)
    return HttpReader(settings.url, settings.token, settings)


def health(settings: Settings) -> ServerHealth:
    """Ask the server at the settings' URL what it is.

    Raises:
        StoreUnreachableError: it doesn't answer, or is neither of the two.

    """
    url = settings.url.rstrip("/")
    request = urllib.request.Request(f"{url}/health")  # noqa: S310 - Settings takes http only
    try:
        answer: HTTPResponse | urllib.error.HTTPError = send(
            request, _TIMEOUT_S, settings, answer=Brief
        )
    except urllib.error.HTTPError as error:
        # 503 is how an InfluxDB says that it isn't ready yet: its body still tells.
        answer = error
    except (OSError, HTTPException, ValueError) as error:
        raise StoreUnreachableError(
            f"Nothing answers at {settings.where} ({cause(error)}).",
            remedy="Start a store with `swarmscope serve`, or name one with INFLUXDB_V2_URL, "
            "--url or --data.",
        ) from error
    with answer:
        told = _document(answer)
        date = _date(answer.headers.get("Date"))
    if told.get("name") not in (INFLUXDB, EMBEDDED):
        raise StoreUnreachableError(
            f"{url} answers, but it is neither an InfluxDB 2 nor `swarmscope serve`.",
            remedy="Correct INFLUXDB_V2_URL or --url.",
        )
    return ServerHealth(
        told["name"],
        told.get("version", "?"),
        told.get("status") == "pass",
        date,
    )


def _document(answer: HTTPResponse | urllib.error.HTTPError) -> dict[str, str]:
    try:
        told = json.loads(answer.read(BRIEF_BYTES))
    except (OSError, HTTPException, ValueError, RecursionError):
        return {}  # whatever it is, it doesn't say what it is
    return {k: str(v) for k, v in told.items()} if isinstance(told, dict) else {}


def _date(text: str | None) -> datetime | None:
    try:
        told = parsedate_to_datetime(text) if text else None
        # Of "-0000", a zone that isn't known, it makes a time without any.
        return told and told.replace(tzinfo=told.tzinfo or UTC)
    except ODD:
        return None  # its clock is one thing less that is known of it
