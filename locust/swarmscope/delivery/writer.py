"""The write itself: one synchronous POST through influxdb-client."""

# Modules that others import only when they need them: what is first imported on a native thread
# can wait for ever in the import lock that gevent has patched. A test finds those that are missing.
import encodings.idna  # noqa: F401 - the name of the store's host
import json
import logging
from dataclasses import replace

import influxdb_client._sync.api_client  # noqa: F401
import urllib3
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.transport.causes import cause
from swarmscope.transport.influx import influx_client
from swarmscope.transport.write_api import ENCODING, Answer, AnswerKind, classify, parameters

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
        self._client = influx_client(
            self._settings, token=self._token, timeout_ms=self._settings.timeout_ms, brief=True
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
                body=body,
                content_encoding=ENCODING,
                **parameters(self._settings.org, bucket),
            )
        except ApiException as error:
            if not error.status:
                return Answer(AnswerKind.RETRY, message=cause(error))
            headers = error.headers or {}
            return classify(error.status, _message(error.body or ""), headers.get("Retry-After"))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return Answer(AnswerKind.RETRY, message=cause(error))
        except Exception as error:  # noqa: BLE001 - what a server makes its client raise has no end
            return Answer(AnswerKind.RETRY, message=f"{type(error).__name__}: {cause(error)}")
        # A page that was answered with instead: the client itself looks at the status alone.
        answer = self._client.api_client.last_response
        return classify(answer.status, _message(answer.data), None)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _message(text: str) -> str:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return text.strip()
    message = document.get("message") if isinstance(document, dict) else None
    return message if isinstance(message, str) else text
