"""The write itself: one synchronous POST through influxdb-client."""

import json

import urllib3
from influxdb_client import InfluxDBClient
from influxdb_client.rest import ApiException
from influxdb_client.service.write_service import WriteService

from swarmscope.delivery.answers import Answer, Kind, classify
from swarmscope.settings import Settings


class Writer:
    """Writes gzip-compressed line protocol to the store. Blocks: call it in a thread pool."""

    def __init__(self, settings: Settings) -> None:
        self._org = settings.org
        self._client = InfluxDBClient(
            settings.url,
            # influxdb-client needs some token; a store without one ignores it
            settings.token or "none",
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
        try:
            self._service.post_write(
                self._org,
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
