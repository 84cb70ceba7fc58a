"""Writing a few lines to the store's server, without what a worker needs for many."""

import gzip
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException
from urllib.parse import urlencode

from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.transport.bounded import BRIEF_BYTES, Brief
from swarmscope.transport.causes import cause, said, said_of
from swarmscope.transport.http import send
from swarmscope.transport.write_api import (
    ENCODING,
    NO_STORE,
    PATH,
    Answer,
    AnswerKind,
    classify,
    parameters,
)

_TIMEOUT_S = 10
_AGAIN = "The same command again stores it, if it isn't."


@dataclass(frozen=True)
class _Unknown(Answer):
    """The lines were sent, and what came of them isn't known."""


def post(
    lines: Iterable[str], settings: Settings, *, what: str, data: str, again: str = _AGAIN
) -> None:
    """Write *lines* to the bucket of raw points; the same lines again are the same points.

    An error says that *what* was refused, and *data* is what became of it; or that nobody knows
    that, and what comes of doing it *again*.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses them.

    """
    answer = _write(settings, settings.bucket, "\n".join(lines).encode())
    if answer.kind is AnswerKind.TAKEN:
        return
    if isinstance(answer, _Unknown):
        raise StoreUnreachableError(
            f"The store at {settings.where} was sent {what} and didn't answer ({answer.message}).",
            data=f"Whether {what} is stored isn't known.",
            remedy=again,
        )
    if answer.status is None:
        raise StoreUnreachableError(
            f"Nothing answers at {settings.where} ({answer.message}).",
            data=data,
            remedy="Start a store with `swarmscope serve`, or name one with INFLUXDB_V2_URL or "
            "--url.",
        )
    refused = f"The store at {settings.url} refused {what} ({answer.status}: {answer.message})."
    if answer.status >= 500:
        # A server that fails may have begun, and a proxy in between doesn't know.
        raise StoreUnreachableError(
            refused,
            data=f"Whether {what} is stored isn't known.",
            remedy=f"{again} The store's own log says more.",
        )
    raise StoreUnreachableError(
        refused,
        data=data,
        remedy=f"{NO_STORE} or --url."
        if answer.status < 300
        else "Check INFLUXDB_V2_TOKEN (it must be allowed to write), INFLUXDB_V2_ORG and "
        "INFLUXDB_V2_BUCKET.",
    )


def write_nothing(settings: Settings, bucket: str) -> int:
    """Return the status of an empty write: the store still judges token, organization and bucket.

    Raises:
        StoreUnreachableError: it doesn't answer.

    """
    answer = _write(settings, bucket, b"")
    if answer.status is None:
        raise StoreUnreachableError(f"The store stopped answering ({answer.message}).")
    return answer.status


def _write(settings: Settings, bucket: str, body: bytes) -> Answer:
    where = urlencode(parameters(settings.org, bucket))
    request = urllib.request.Request(  # noqa: S310 - Settings takes http only
        f"{settings.url.rstrip('/')}{PATH}?{where}",
        data=gzip.compress(body) if body else b"",
        headers=({"Content-Encoding": ENCODING} if body else {})
        | ({"Authorization": f"Token {settings.token}"} if settings.token else {}),
    )
    try:
        with send(request, _TIMEOUT_S, settings, answer=Brief) as answer:
            return classify(answer.status, said(answer.read(BRIEF_BYTES)), None)
    except urllib.error.HTTPError as error:
        with error:
            return classify(error.code, said_of(error), error.headers.get("Retry-After"))
    except urllib.error.URLError as error:
        # So does urllib call what fails before all of a request is sent, and no other thing.
        return Answer(AnswerKind.RETRY, message=cause(error))
    except (OSError, HTTPException) as error:
        return _Unknown(AnswerKind.RETRY, message=cause(error))
