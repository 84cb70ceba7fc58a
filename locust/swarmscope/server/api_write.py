"""``POST /api/v2/write``: InfluxDB's write endpoint, with its status codes and messages."""

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from swarmscope.embedded.database import Database, Written
from swarmscope.embedded.parser import PRECISIONS
from swarmscope.server.body import read_body
from swarmscope.server.refusals import refusal


async def write(request: Request) -> Response:
    """Store the body's points."""
    context = request.app.state.context
    asked = request.query_params
    precision = asked.get("precision", "ns")
    if precision not in PRECISIONS:
        raise HTTPException(400, "invalid precision; valid precision units are ns, us, ms, and s")
    check_org(asked.get("org", ""), asked.get("orgID", ""), context.org)
    bucket = asked.get("bucket", "")
    if not bucket:
        raise HTTPException(404, "bucket not found")
    async with context.room.taken() as share:
        body = await read_body(request, share, context.patience)
        async with context.writers:
            written = await run_in_threadpool(_store, context.database, bucket, body, precision)
    if written.complaint:
        return refusal(
            422,
            "unprocessable entity",
            "failure writing points to database: partial write: "
            f"{written.complaint} dropped={written.dropped}",
        )
    return Response(status_code=204)


def _store(database: Database, bucket: str, body: bytes, precision: str) -> Written:
    return database.write(bucket, body.decode("utf-8", "replace"), precision)


def check_org(name: str, number: str, own: str) -> None:
    """Refuse a request that names no organization, or not the store's *own*.

    Raises:
        HTTPException: it does.

    """
    if not (name or number):
        raise HTTPException(400, "Please provide either orgID or org")
    if name and name != own:
        raise HTTPException(404, f'organization name "{name}" not found')
    if not name:
        raise HTTPException(404, "organization not found: this store knows its one by name")
