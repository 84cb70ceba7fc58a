"""Requests as they were sent once, put together by what they ask for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from swarmscope.recording.naming import template
from swarmscope.redaction import redact
from swarmscope.starter.credentials import (
    GONE,
    Credential,
    is_credential,
    is_header_of_one,
    without_credentials,
)
from swarmscope.starter.source import METHODS, Call

_MOST_PATHS = 20
"""Of one kind: enough that not all requests are answered from one cache entry."""
_USUAL = {"accept", "content-type"}
"""The headers that are kept, beside those that somebody made up for his service: X-…"""


_OF_BROWSERS = {
    "accept", "accept-encoding", "accept-language", "cache-control", "connection",
    "content-length", "content-type", "host", "if-modified-since", "if-none-match", "origin",
    "pragma", "priority", "range", "referer", "te", "traceparent", "tracestate",
    "upgrade-insecure-requests", "user-agent", "x-client-data",
    "x-devtools-emulate-network-conditions-client-id",
}  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str
    url: str
    headers: Sequence[tuple[str, str]] = ()
    body: str = ""
    lacking: str = ""
    """What it had that nobody can send again."""


@dataclass
class _Kind:
    paths: list[str] = field(default_factory=list)
    times: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    lacking: str = ""


class Recording:
    """Requests of one service, by method and name; no credential stays in it."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str], _Kind] = {}
        self._credentials: dict[Credential, None] = {}
        self.redacted = 0
        """Requests of which a path or a body had one that is now `GONE`."""

    @property
    def credentials(self) -> Sequence[Credential]:
        """Return what the requests had with them."""
        return list(self._credentials)

    def add(self, sent: Sent) -> None:
        """Count *sent*, of a method that Locust has."""
        assert sent.method in METHODS  # noqa: S101  # by who calls
        path = self._path(sent.url)
        kind = self._kinds.setdefault((sent.method, redact(template(path))), _Kind())
        kind.times += 1
        if path not in kind.paths and len(kind.paths) < _MOST_PATHS:
            kind.paths.append(path)
        headers = self._headers(sent.headers)
        if kind.times == 1:
            kind.headers, kind.body, kind.lacking = headers, sent.body, sent.lacking

    def calls(self) -> list[Call]:
        """Return one for each kind, with as much weight as it had requests."""
        return [self._call(*key, kind) for key, kind in self._kinds.items()]

    def _path(self, url: str) -> str:
        split = urlsplit(url)
        if split.username is not None:
            self._credentials[Credential("header", "Authorization")] = None
        kept = []
        for parameter in split.query.split("&") if split.query else []:
            name, _, value = parameter.partition("=")
            if is_credential(name, value):
                self._credentials[Credential("query", name)] = None
            else:
                kept.append(parameter)
        path = (split.path or "/") + ("?" if kept else "") + "&".join(kept)
        shown = redact(path)
        self.redacted += shown != path
        return shown

    def _headers(self, headers: Sequence[tuple[str, str]]) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, value in headers:
            small = name.lower()
            if small in _OF_BROWSERS - _USUAL or small.startswith(("sec-", ":")):
                continue
            if small in _USUAL:
                # What browsers send to get a page says nothing.
                if value != "*/*" and "text/html" not in value:
                    kept[name] = value
            elif is_header_of_one(name, value):
                self._credentials[Credential("header", name.title())] = None
            elif small.startswith("x-"):
                kept[name] = value
        return kept

    def _call(self, method: str, name: str, kind: _Kind) -> Call:
        told, data = self._body(kind.body, kind.headers)
        headers = dict(kind.headers)
        if data is None:
            # Locust says so itself of what it encodes as JSON, and there is nothing else to say.
            headers = {key: headers[key] for key in headers if key.lower() != "content-type"}
        return Call(
            method,
            kind.paths,
            name,
            weight=kind.times,
            headers=headers,
            json=told,
            data=data,
            guessed=[kind.lacking] if kind.lacking else [],
        )

    def _body(self, body: str, headers: Mapping[str, str]) -> tuple[Any, str | None]:
        """Return *body* as JSON, or as it is; without credentials."""
        if not body:
            return None, None
        mime = next((headers[key] for key in headers if key.lower() == "content-type"), "")
        if "json" in mime:
            try:
                found = json.loads(body)
            except (ValueError, RecursionError):
                pass
            else:
                shown = without_credentials(found)
                self.redacted += shown != found
                return shown, None
        shown = _form(body) if "urlencoded" in mime else redact(body)
        self.redacted += shown != body
        return None, shown


def _form(body: str) -> str:
    parts = []
    for part in body.split("&"):
        name, sign, value = part.partition("=")
        parts.append(f"{name}={GONE}" if sign and is_credential(name, value) else part)
    return "&".join(parts)
