"""``POST /api/v2/delete``: InfluxDB's way to delete points, by their tags and times."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from swarmscope.embedded.deletion import Doomed, read_predicate
from swarmscope.server.api_write import check_org
from swarmscope.server.body import read_body
from swarmscope.server.store_work import work_in_turn

_MAX_BODY = 2**16
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NANOS = re.compile(r"[.,]\d{6}(\d{1,3})")
"""What Python leaves out of a time."""


async def delete(request: Request) -> Response:
    """Delete what the body's predicate and times mean."""
    context = request.app.state.context
    asked = request.query_params
    check_org(asked.get("org", ""), asked.get("orgID", ""), context.org)
    async with context.room.taken() as share:
        body = await read_body(request, share, context.patience, _MAX_BODY)
        doomed = _doomed(asked.get("bucket", ""), body)
        await work_in_turn(
            request,
            context.writers,
            lambda interruptible: context.database.delete_with(interruptible, doomed),
            f"It took longer than {context.patience.question:g} s, and nothing was deleted. Name a "
            "shorter time, or fewer series.",
        )
    return Response(status_code=204)


def _doomed(bucket: str, body: bytes) -> Doomed:
    try:
        asked = json.loads(body)
        wanted = {name: asked[name] for name in ("predicate", "start", "stop")}
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise HTTPException(400, "the body isn't JSON with predicate, start and stop") from error
    return Doomed(
        bucket,
        read_predicate(str(wanted["predicate"])),
        _nanoseconds("start", wanted["start"]),
        _nanoseconds("stop", wanted["stop"]),
    )


def _nanoseconds(name: str, text: Any) -> int:
    try:
        moment = datetime.fromisoformat(text)
        micros = (moment - _EPOCH) // timedelta(microseconds=1)
        return micros * 1_000 + _beyond_micros(text)
    except (ValueError, TypeError) as error:
        raise HTTPException(400, f"{name} isn't a time like 2026-01-31T12:00:00Z") from error


def _beyond_micros(text: str) -> int:
    nanos = _NANOS.search(text)
    return int(nanos[1].ljust(3, "0")) if nanos else 0
