"""Writing a few lines to the store's server, without what a worker needs for many."""

import gzip
import urllib.error
import urllib.request
from collections.abc import Iterable
from http.client import HTTPException
from urllib.parse import urlencode

from swarmscope.errors import StoreUnreachableError
from swarmscope.settings import Settings
from swarmscope.transport.bounded import Brief
from swarmscope.transport.causes import cause, said_of
from swarmscope.transport.http import send

_TIMEOUT_S = 10


def post(lines: Iterable[str], settings: Settings, *, what: str, data: str) -> None:
    """Write *lines* to the bucket of raw points; the same lines again are the same points.

    An error says that *what* was refused, and *data* is what became of it.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses them.

    """
    where = urlencode({"org": settings.org, "bucket": settings.bucket, "precision": "ns"})
    let_in = {"Authorization": f"Token {settings.token}"} if settings.token else {}
    request = urllib.request.Request(  # noqa: S310 - Settings takes http only
        f"{settings.url}/api/v2/write?{where}",
        data=gzip.compress("\n".join(lines).encode()),
        headers={"Content-Encoding": "gzip", **let_in},
    )
    try:
        send(request, _TIMEOUT_S, settings, answer=Brief).close()
    except urllib.error.HTTPError as error:
        with error:
            told = said_of(error)
        raise StoreUnreachableError(
            f"The store at {settings.url} refused {what} ({error.code}: {told}).",
            data=data,
            remedy="Check INFLUXDB_V2_TOKEN (it must be allowed to write), INFLUXDB_V2_ORG and "
            "INFLUXDB_V2_BUCKET.",
        ) from error
    except (OSError, HTTPException) as error:
        raise StoreUnreachableError(
            f"Nothing answers at {settings.where} ({cause(error)}).",
            data=data,
            remedy="Start a store with `swarmscope serve`, or name one with INFLUXDB_V2_URL or "
            "--url.",
        ) from error
