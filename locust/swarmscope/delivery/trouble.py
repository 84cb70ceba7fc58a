"""What a user reads about the store: when it fails, with what to do, and when it's back."""

import logging

from swarmscope.delivery.answers import Answer, Kind
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

_REMEDIES: dict[int | None, str] = {
    401: "Set INFLUXDB_V2_TOKEN to a token that may write",
    403: "Give the token the right to write to the bucket",
    404: "Create the bucket, or correct INFLUXDB_V2_ORG and INFLUXDB_V2_BUCKET",
}


class Trouble:
    """Says what is wrong with the store whenever that changes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._said: Kind | None = None

    def say(self, answer: Answer) -> None:
        """Say what *answer* means for the data."""
        if self._said is answer.kind:
            return
        self._said = answer.kind
        where, kept = self._settings.url, self._settings.spool_dir
        if answer.kind is Kind.REFUSED:
            log.warning(
                "The store at %s refused the write (%s: %s). The test runs on; windows are kept in "
                "%s. %s, and they are sent.",
                where,
                answer.status,
                answer.message,
                kept,
                self._remedy(answer.status),
            )
        else:
            log.warning(
                "The store at %s can't take data (%s). The test runs on; windows are kept in %s "
                "and sent when it answers. Check INFLUXDB_V2_URL, or start a store: "
                "swarmscope serve.",
                where,
                answer.message or answer.status,
                kept,
            )

    def _remedy(self, status: int | None) -> str:
        file = self._settings.token_file
        if file and status in (401, 403):
            return f"Put a token that may write to the bucket into {file}: it is read again"
        return _REMEDIES.get(status, "Check INFLUXDB_V2_URL")

    def over(self) -> None:
        """Say that the store takes data, if it didn't."""
        if self._said is not None:
            self._said = None
            log.info("The store at %s takes data again; what was kept is sent.", self._settings.url)
