"""Events, such as deploys: a point in the store, and a mark in Grafana itself."""

import gzip
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlencode

from swarmscope import schema
from swarmscope.errors import StoreUnreachableError
from swarmscope.grafana.connection import Place, connect, told
from swarmscope.line_protocol import line, series
from swarmscope.settings import Settings
from swarmscope.store.http import send
from swarmscope.store.opening import tls_context

_TIMEOUT_S = 10
_NOT_MARKED = "The event is not recorded."


@dataclass(frozen=True)
class Event:
    """What happened, and when."""

    text: str
    kind: str
    time_ns: int
    run: str = ""
    """The run that it belongs to; empty: whoever ran then."""


def record(event: Event, settings: Settings) -> None:
    """Write *event* to the store; the same event again is the same point.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses it.

    """
    tags = {"kind": event.kind} | ({"run": event.run} if event.run else {})
    body = line(series(schema.EVENT.name, tags), {"text": event.text}, event.time_ns)
    where = urlencode({"org": settings.org, "bucket": settings.bucket, "precision": "ns"})
    let_in = {"Authorization": f"Token {settings.token}"} if settings.token else {}
    request = urllib.request.Request(  # noqa: S310 - Settings takes http only
        f"{settings.url}/api/v2/write?{where}",
        data=gzip.compress(body.encode()),
        headers={"Content-Encoding": "gzip", **let_in},
    )
    try:
        send(request, _TIMEOUT_S, tls_context(settings)).close()
    except urllib.error.HTTPError as error:
        with error:
            said = error.read(500).decode("utf-8", "replace").strip()
        raise StoreUnreachableError(
            f"The store at {settings.url} refused the event ({error.code}: {said}).",
            data=_NOT_MARKED,
            remedy="Check INFLUXDB_V2_TOKEN (it must be allowed to write), INFLUXDB_V2_ORG and "
            "INFLUXDB_V2_BUCKET.",
        ) from error
    except (OSError, HTTPException) as error:
        raise StoreUnreachableError(
            f"Nothing answers at {settings.url} ({getattr(error, 'reason', error)}).",
            data=_NOT_MARKED,
            remedy="Start a store with `swarmscope serve`, or name one with INFLUXDB_V2_URL or "
            "--url.",
        ) from error


def mark(event: Event, place: Place) -> None:
    """Make *event* an annotation of the Grafana at *place*.

    Raises:
        GrafanaError: Grafana doesn't answer, or refuses it.

    """
    tags = [event.kind, "swarmscope", *([f"run:{event.run}"] if event.run else [])]
    with told(place, "The event is in the store, and not marked in Grafana."):
        connect(place).annotations.add_annotation(
            time_from=event.time_ns // 1_000_000, tags=tags, text=event.text
        )
