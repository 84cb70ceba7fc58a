"""The write itself: one synchronous POST through influxdb-client."""

import json
import logging
from dataclasses import replace

import urllib3
from influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from swarmscope.delivery.answers import Answer, Kind, classify
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings

log = logging.getLogger(__name__)


class Writer:
    """Writes gzip-compressed line protocol to the store. Blocks: call it in a thread pool.

    A token that came from a file may be replaced there while the test runs.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._token = settings.token
        self._connect()

    def _connect(self) -> None:
        settings = self._settings
        self._client = InfluxDBClient(
            settings.url,
            # influxdb-client needs some token; a store without one ignores it
            self._token or "none",
            org=settings.org,
            timeout=settings.timeout_ms,
            verify_ssl=settings.verify_ssl,
            ssl_ca_cert=settings.ssl_ca_cert or None,
            # Retries are ours to time: one attempt is one attempt.
            retries=urllib3.Retry(total=False, redirect=3),
        )
        self._service = WriteService(self._client.api_client)

    def write(self, bucket: str, body: bytes) -> Answer:
        """Send *body* (gzip, times in ns) to *bucket*. Never raises for what a server may do."""
        answer = self._post(bucket, body)
        if answer.status not in (401, 403) or self._settings.token_file is None:
            return answer
        try:
            token = self._settings.token_now()
        except ConfigurationError as error:
            return replace(answer, message=f"{answer.message}; {error}")
        # Whoever replaces the file may be in the middle of it: an empty one is read later again.
        if not token or token == self._token:
            return answer
        log.info(
            "The store refused the token: the new one in %s is used.", self._settings.token_file
        )
        self.close()
        self._token = token
        self._connect()
        return self._post(bucket, body)

    def _post(self, bucket: str, body: bytes) -> Answer:
        try:
            self._service.post_write(
                self._settings.org,
                bucket,
                body,
                precision="ns",
                content_encoding="gzip",
                content_type="text/plain; charset=utf-8",
            )
        except ApiException as error:
            if not error.status:
                return Answer(Kind.RETRY, message=str(error.reason))
            headers = error.headers or {}
            return classify(error.status, _message(error.body), headers.get("Retry-After"))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return Answer(Kind.RETRY, message=_cause(error))
        return Answer(Kind.TAKEN, 204)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _message(body: str | bytes | None) -> str:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""
    try:
        document = json.loads(text)
    except ValueError:
        return text.strip()
    return str(document.get("message", text)) if isinstance(document, dict) else text


def _cause(error: BaseException) -> str:
    # urllib3 wraps the cause in the pool's repr, which tells a user nothing.
    reason = getattr(error, "reason", None)
    return str(reason or error).partition(">: ")[2] or str(reason or error)
