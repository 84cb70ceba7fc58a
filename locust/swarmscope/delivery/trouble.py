"""What a user reads about the store: when it fails, with what to do, and when it's back."""

import logging

from swarmscope.settings import Settings
from swarmscope.transport.write_api import NO_STORE, Answer, AnswerKind

log = logging.getLogger(__name__)

_REMEDIES: dict[int | None, str] = {
    200: NO_STORE,
    401: "Set INFLUXDB_V2_TOKEN to a token that may write",
    403: "Give the token the right to write to the bucket",
    404: "Create the bucket (swarmscope buckets create), or correct INFLUXDB_V2_ORG and "
    "INFLUXDB_V2_BUCKET",
    407: "Give the proxy's address a user and password (SWARMSCOPE_PROXY, HTTP_PROXY)",
}
_OPTIONAL_REMEDIES: dict[int | None, str] = {
    404: "Create the bucket (swarmscope buckets create)",
}


class Trouble:
    """Says what is wrong with the store, bucket by bucket, whenever that changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._said: dict[str, tuple[AnswerKind, int | None]] = {}

    def say(self, bucket: str, answer: Answer) -> None:
        """Say what *answer* means for the data that waits for *bucket*."""
        # Of a store that is away, another answer is no other trouble.
        what = answer.kind, answer.status if answer.kind is AnswerKind.REFUSED else None
        if self._said.get(bucket) == what:
            return
        if (
            answer.kind is AnswerKind.RETRY or answer.status == 401
        ) and what in self._said.values():
            return  # of another bucket, and it isn't about that one alone
        self._said[bucket] = what
        if answer.kind is AnswerKind.REFUSED:
            self._say_refused(bucket, answer)
        else:
            log.warning(
                "The store at %s can't take data for the bucket %s (%s). The test runs on; windows "
                "are kept in %s and sent when it answers. Check INFLUXDB_V2_URL, or start a store: "
                "swarmscope serve.",
                self._settings.where,
                bucket,
                answer,
                self._settings.spool_dir,
            )

    def _say_refused(self, bucket: str, answer: Answer) -> None:
        where, kept = self._settings.where, self._settings.spool_dir
        if bucket in self._settings.optional_buckets:
            log.warning(
                "The store at %s refused the write (%s) to the bucket %s. The test runs on, and "
                "all else is sent: only the one-minute points for long ranges are missing. They "
                "are kept in %s. %s, and they are sent; or set SWARMSCOPE_BUCKET_LONG to nothing, "
                "and none are written.",
                where,
                answer,
                bucket,
                kept,
                _OPTIONAL_REMEDIES.get(answer.status) or self._remedy(answer.status),
            )
        else:
            log.warning(
                "The store at %s refused the write (%s) to the bucket %s. The test runs on; "
                "windows are kept in %s. %s, and they are sent.",
                where,
                answer,
                bucket,
                kept,
                self._remedy(answer.status),
            )

    def _remedy(self, status: int | None) -> str:
        file = self._settings.token_file
        if file and status in (401, 403):
            return f"Put a token that may write to the bucket into {file}: it is read again"
        return _REMEDIES.get(status, "Check INFLUXDB_V2_URL")

    def over(self, bucket: str) -> None:
        """Say that the store takes data for *bucket*, if it didn't."""
        if self._said.pop(bucket, None):
            log.info(
                "The store at %s takes data for the bucket %s again; what was kept is sent.",
                self._settings.where,
                bucket,
            )
