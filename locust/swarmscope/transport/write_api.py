"""InfluxDB's endpoint for writes, as both stores have it: what is asked, and what an answer means.

The facts are InfluxDB 2.9's: https://docs.influxdata.com/influxdb/v2/api/#operation/PostWrite and
what its server was seen to do.
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

PATH = "/api/v2/write"
ENCODING = "gzip"
"""Of each body that isn't empty."""
NO_STORE = (
    "What answers there is neither an InfluxDB 2 nor `swarmscope serve`, or a login stands before "
    "it: correct INFLUXDB_V2_URL"
)
"""What to do where a write is answered with a page."""
_DROPPED = re.compile(r"dropped=([0-9]{1,9})")
"""Nine digits are more points than any write holds; Python refuses to read some thousands."""
_SECONDS = re.compile(r"[0-9]{1,9}")
_LONGEST_MESSAGE = 500


def parameters(org: str, bucket: str) -> dict[str, str]:
    """Return what a write says of its points: where they belong, and that their times are in ns."""
    return {"org": org, "bucket": bucket, "precision": "ns"}


class AnswerKind(Enum):
    """What follows for the batch."""

    TAKEN = auto()
    """All of it is stored."""
    PARTLY = auto()
    """The server dropped some points and stored the rest: nothing is sent again."""
    MALFORMED = auto()
    """Nothing is stored because of some line: it is isolated, the rest is sent."""
    TOO_LARGE = auto()
    """Nothing is stored: halve it."""
    REFUSED = auto()
    """An operator can repair it (token, bucket, address): keep everything."""
    RETRY = auto()
    """It passes by itself: keep everything, try again later."""


@dataclass(frozen=True)
class Answer:
    """What the store said: *message* in its own words, *retry_after* in seconds if it named one."""

    kind: AnswerKind
    status: int | None = None
    message: str = ""
    retry_after: float | None = None

    @property
    def dropped(self) -> int:
        """How many points a `AnswerKind.PARTLY` says were dropped."""
        match = _DROPPED.search(self.message)
        return int(match[1]) if match else 0

    @property
    def kept(self) -> bool:
        """Whether everything is kept: none of it is stored, and all of it may be later."""
        return self.kind in (AnswerKind.RETRY, AnswerKind.REFUSED)

    def __str__(self) -> str:
        """Say it on one line of a log, however long it is and whatever is in it."""
        text = self.message[:_LONGEST_MESSAGE]
        told = "".join(c if c.isprintable() else " " for c in text).strip()
        return f"{self.status}: {told}" if self.status and told else told or str(self.status)


def classify(status: int, message: str, retry_after: str | None) -> Answer:
    """Return what HTTP *status* with *message* means for the batch that was sent.

    A 400 that names no line comes from something else in between, and no line is to blame; so does
    a 200 with a text, of a login before the store or of another server: the store says 204.
    """
    if 200 <= status < 300 and not (status == 200 and message):
        return Answer(AnswerKind.TAKEN, status)
    if status == 400 and "parse" in message:
        return Answer(AnswerKind.MALFORMED, status, message)
    if status == 413:
        return Answer(AnswerKind.TOO_LARGE, status, message)
    if status == 422:
        return Answer(AnswerKind.PARTLY, status, message)
    if status in (408, 429) or status >= 500:
        return Answer(AnswerKind.RETRY, status, message, _seconds(retry_after))
    return Answer(AnswerKind.REFUSED, status, message)


def _seconds(retry_after: str | None) -> float | None:
    # An HTTP date is allowed there too; our own back-off is then as good a guess.
    return float(retry_after) if retry_after and _SECONDS.fullmatch(retry_after) else None
