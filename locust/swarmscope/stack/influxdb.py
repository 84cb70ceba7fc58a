"""InfluxDB 2 as its operator sees it: set-up, buckets, and tokens with few rights.

The calls are those of InfluxDB's own API, `/api/v2/setup`, `/buckets` and `/authorizations`
(https://docs.influxdata.com/influxdb/v2/api/).
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode

from swarmscope.errors import StoreUnreachableError, SwarmscopeError
from swarmscope.transport.causes import ODD, cause, odd_answer, said_of
from swarmscope.transport.http import send

_TIMEOUT_S = 15
_HOUR_S = 3_600
_DAY_S = 86_400
_UNKNOWN = "Whether anything was changed isn't known."
_AGAIN = "`make logs SERVICE=influxdb` says more; the same command again goes on."


@dataclass(frozen=True)
class Authorization:
    """A token as InfluxDB lists it: it is stored hashed, so its text is seen once only."""

    id: str
    description: str


class Operator:
    """Acts on one InfluxDB with the operator's token."""

    def __init__(self, url: str, token: str, org: str) -> None:
        self._url = url.rstrip("/")
        self._token = token
        self.org = org
        self._org_id = ""

    def set_up(self, user: str, password: str, bucket: str) -> bool:
        """Set a new InfluxDB up; return whether it was new.

        Raises:
            StoreUnreachableError: it doesn't answer.
            SwarmscopeError: it was set up by somebody else, and doesn't know our token.

        """
        with self._read():
            new = bool(self._call("GET", "/api/v2/setup")["allowed"])
            if new:
                body = {"username": user, "password": password, "org": self.org, "bucket": bucket}
                self._call("POST", "/api/v2/setup", {**body, "token": self._token})
            orgs = self._call("GET", f"/api/v2/orgs?{urlencode({'org': self.org})}")["orgs"]
            self._org_id = str(orgs[0]["id"])
        return new

    def ensure_bucket(self, name: str, retention_s: int) -> str:
        """Make the bucket *name*, or give it this retention; return its id."""
        with self._read():
            return self._ensure_bucket(name, retention_s)

    def _ensure_bucket(self, name: str, retention_s: int) -> str:
        rules = [_rule(retention_s)]
        query = urlencode({"name": name, "orgID": self._org_id})
        try:
            found = self._call("GET", f"/api/v2/buckets?{query}")["buckets"]
        except _NotFoundError:
            found = []
        if not found:
            body = {"name": name, "orgID": self._org_id, "retentionRules": rules}
            return str(self._call("POST", "/api/v2/buckets", body)["id"])
        bucket = found[0]
        kept = [rule["everySeconds"] for rule in bucket["retentionRules"]]
        if kept != ([retention_s] if retention_s else []):
            self._call("PATCH", f"/api/v2/buckets/{bucket['id']}", {"retentionRules": rules})
        return str(bucket["id"])

    def authorizations(self) -> list[Authorization]:
        """Return all tokens of the organization."""
        query = urlencode({"orgID": self._org_id})
        with self._read():
            listed = self._call("GET", f"/api/v2/authorizations?{query}")["authorizations"]
            return [Authorization(str(one["id"]), str(one["description"])) for one in listed]

    def authorize(
        self, description: str, *, read: Iterable[str] = (), write: Iterable[str] = ()
    ) -> tuple[Authorization, str]:
        """Make a token that may *read* and *write* the buckets with these ids; return it."""
        permissions = [
            {"action": action, "resource": {"type": "buckets", "id": i, "orgID": self._org_id}}
            for action, ids in (("read", read), ("write", write))
            for i in ids
        ]
        body = {"orgID": self._org_id, "description": description, "permissions": permissions}
        with self._read():
            made = self._call("POST", "/api/v2/authorizations", body)
            return Authorization(str(made["id"]), description), str(made["token"])

    def revoke(self, authorization: Authorization) -> None:
        """Delete a token; one that is gone already is no error."""
        try:
            self._call("DELETE", f"/api/v2/authorizations/{authorization.id}")
        except _NotFoundError:
            return

    @contextmanager
    def _read(self) -> Iterator[None]:
        """Say of an answer whose form is another that it isn't InfluxDB's."""
        try:
            yield
        except ODD as error:
            raise odd_answer(
                self._url,
                "as InfluxDB does",
                type(error).__name__,
                data=_UNKNOWN,
                remedy=_AGAIN,
            ) from error

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"Content-Type": "application/json"}
        if path != "/api/v2/setup":  # before it is set up there is no token to refuse
            headers["Authorization"] = f"Token {self._token}"
        request = urllib.request.Request(  # noqa: S310 - the stack's own InfluxDB
            self._url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers=headers,
            method=method,
        )
        try:
            with send(request, _TIMEOUT_S) as response:
                text = response.read()
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error, method) from error
        except (OSError, HTTPException) as error:
            raise StoreUnreachableError(
                f"InfluxDB at {self._url} does not answer ({cause(error)}).",
                **_fate(known=method == "GET"),
            ) from error
        with self._read():
            return json.loads(text) if text else None

    def _refused(self, error: urllib.error.HTTPError, method: str) -> SwarmscopeError:
        if error.code == 401:
            return SwarmscopeError(
                f"InfluxDB at {self._url} doesn't know the operator's token of this stack.",
                data="Its data was made with other secrets than those in the folder secrets/. "
                "Nothing was changed.",
                remedy="Put those secrets back, or restore a backup; `make clean` starts anew, "
                "without the data.",
            )
        kind = _NotFoundError if error.code == 404 else SwarmscopeError
        return kind(
            f"InfluxDB at {self._url} refused {error.url} ({error.code}): {said_of(error)}.",
            # A server that fails may have begun.
            **_fate(known=method == "GET" or error.code < 500),
        )


def _fate(*, known: bool) -> dict[str, str]:
    """Return what became of the data in a call that failed, and what to do."""
    if known:
        return {"data": "Nothing was changed.", "remedy": "`make logs SERVICE=influxdb` says why."}
    return {"data": _UNKNOWN, "remedy": _AGAIN}


def _rule(retention_s: int) -> dict[str, Any]:
    # InfluxDB picks these itself for a new bucket, and refuses a shorter retention without them:
    # https://docs.influxdata.com/influxdb/v2/reference/internals/shards/#shard-group-duration
    shard = _HOUR_S if 0 < retention_s < 2 * _DAY_S else _DAY_S
    if not 0 < retention_s <= 180 * _DAY_S:
        shard = 7 * _DAY_S
    return {
        "type": "expire",
        "everySeconds": retention_s,
        "shardGroupDurationSeconds": shard,
    }


class _NotFoundError(SwarmscopeError):
    """InfluxDB has no such thing."""
