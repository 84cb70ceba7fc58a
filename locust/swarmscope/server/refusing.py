"""How a refusal looks: InfluxDB's JSON of a code and a message, which has an end."""

from starlette.responses import JSONResponse

MAX_MESSAGE = 10_000
"""Signs, of which JSON makes six bytes each at most. Answers of refusals aren't counted in the
memory for answers: a worker would then wait for those who don't read theirs. So one is 64 KiB at
most, and there are as many as connections."""


def refusal(status: int, code: str, message: str) -> JSONResponse:
    """Return the answer to a request that is refused, and why."""
    if len(message) > MAX_MESSAGE:
        message = f"{message[:MAX_MESSAGE]}…"
    return JSONResponse({"code": code, "message": message}, status)
