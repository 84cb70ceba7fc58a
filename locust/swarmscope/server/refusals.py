"""How a refusal looks: InfluxDB's JSON of a code and a message, which has an end."""

from collections.abc import Mapping

from starlette.responses import JSONResponse

from swarmscope.words import begin_of

MAX_MESSAGE = 10_000
"""Signs, of which JSON makes six bytes each at most. Answers of refusals aren't counted in the
memory for answers: a worker would then wait for those who don't read theirs. So one is 64 KiB at
most, and there are as many as connections."""


def refusal(
    status: int, code: str, message: str, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return the answer to a request that is refused, and why."""
    told = {"code": code, "message": begin_of(message, MAX_MESSAGE)}
    return JSONResponse(told, status, headers)
