"""An operation of a description, as a call: its path filled in, with what it can't do without."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from swarmscope.starter.credentials import Credential, is_name_of_one, without_credentials
from swarmscope.starter.samples import Description, Sampler
from swarmscope.starter.source import Call

_IN_PATH = re.compile(r"\{([^{}]*)\}")
_FORM = "application/x-www-form-urlencoded"
_NO_EXAMPLE: Mapping[str, Any] = {}


@dataclass
class _Filled:
    """What goes into one request."""

    path: dict[str, str] = field(default_factory=dict)
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    form: dict[str, Any] = field(default_factory=dict)
    body: Any = None
    needs_body: bool = False
    guessed: list[str] = field(default_factory=list)
    credentials: list[Credential] = field(default_factory=list)


def call_of(
    description: Description,
    method: str,
    path: str,
    operation: Mapping[str, Any],
    shared: Any,
) -> tuple[Call, Sequence[Credential]]:
    """Return the call of *operation*, and what it wants besides to know who asks.

    *shared*: the parameters of all operations of this path.
    """
    filled = _Filled()
    for parameter in _parameters(description, shared, operation.get("parameters")):
        _put_in(filled, description, parameter)
    _take_body(filled, description, operation.get("requestBody"))
    query = f"?{urlencode(filled.query)}" if filled.query else ""
    is_form = bool(filled.form)
    call = Call(
        method,
        [_IN_PATH.sub(lambda found: _value(filled, found[1]), path) + query],
        _IN_PATH.sub(lambda found: f"[{found[1]}]", path),
        str(operation.get("summary") or operation.get("operationId") or ""),
        headers=filled.headers | ({"Content-Type": _FORM} if is_form else {}),
        json=without_credentials(filled.body),
        data=urlencode(without_credentials(filled.form)) if is_form else None,
        guessed=list(dict.fromkeys(filled.guessed)),
        needs_body=filled.needs_body,
    )
    return call, filled.credentials


def _value(filled: _Filled, name: str) -> str:
    if name not in filled.path:
        filled.guessed.append(name)
    return filled.path.get(name, "1")


def _parameters(description: Description, *lists: Any) -> Iterator[Mapping[str, Any]]:
    """Yield each parameter once: what an operation says of one holds more than its path's."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for listed in lists:
        for one in listed if isinstance(listed, list) else []:
            part = description.part(one)
            found[str(part.get("name")), str(part.get("in"))] = part
    yield from found.values()


def _put_in(filled: _Filled, description: Description, told: Mapping[str, Any]) -> None:
    name, place = str(told.get("name")), str(told.get("in"))
    if place == "body":
        _fill_body(filled, description, told.get("schema"), _NO_EXAMPLE)
        filled.needs_body = True
    elif place in {"header", "query", "cookie"} and is_name_of_one(name):
        if told.get("required"):
            filled.credentials.append(Credential(place, name))
    elif place == "path" or told.get("required"):
        sampler = Sampler(description)
        # Swagger 2 says of a parameter what OpenAPI 3 says of its schema.
        value = sampler.of({**description.part(told.get("schema")), **_own(told)})
        if sampler.guessed:
            filled.guessed.append(name)
        if place == "path":
            filled.path[name] = quote(_text(value), safe="")
        elif place == "query":
            filled.query.append((name, _text(value)))
        elif place == "header":
            filled.headers[name] = _text(value)
        elif place == "formData":
            filled.form[name] = _text(value)
            filled.needs_body = True


def _own(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in {"schema", "$ref", "required"}}


def _take_body(filled: _Filled, description: Description, told: Any) -> None:
    """Take the body of OpenAPI 3: as JSON, or as a form; of another kind it is the user's."""
    body = description.part(told)
    content = body.get("content")
    if not isinstance(content, dict) or not content:
        return
    filled.needs_body = bool(body.get("required"))
    for mime, media in content.items():
        kind, inner = str(mime).split(";")[0].strip().lower(), description.part(media)
        if kind.endswith("json") or kind == "*/*":
            _fill_body(filled, description, inner.get("schema"), inner)
            return
        if kind == _FORM:
            _fill_body(filled, description, inner.get("schema"), inner)
            filled.form, filled.body = filled.body if isinstance(filled.body, dict) else {}, None
            return
    filled.guessed.append(f"a body of {', '.join(map(str, content))}")


def _fill_body(
    filled: _Filled, description: Description, schema: Any, media: Mapping[str, Any]
) -> None:
    sampler = Sampler(description)
    examples = {key: media[key] for key in ("example", "examples") if key in media}
    filled.body = sampler.of({**description.part(schema), **examples})
    if sampler.guessed:
        filled.guessed.append("the body")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value)
