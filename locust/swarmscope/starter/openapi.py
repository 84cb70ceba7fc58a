"""A description of a service: OpenAPI 3, or Swagger 2, as YAML or JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from swarmscope.starter.credentials import Credential
from swarmscope.starter.hosts import origin_of
from swarmscope.starter.operations import call_of
from swarmscope.starter.refusal import extra, refused
from swarmscope.starter.samples import Description, is_of_a_size
from swarmscope.starter.source import METHODS, Call, Source

_MOST_CHECKED = 20_000
"""Values: of more than that a check of the rules takes longer than anybody waits."""
_RECORDABLE = "A recording (.har) or a list of URLs (.txt) does as well."


def source(found: Any, file: str) -> Source:
    """Return the operations that the description *found* has, each as a call.

    Raises:
        ConfigurationError: it is none, or has no operation.

    """
    found = _with_words(found)
    version = _version(found)
    if not version:
        raise refused(
            file,
            "is no OpenAPI 3 or Swagger 2: it doesn't begin with the word openapi or swagger and "
            "a version of these",
            _RECORDABLE,
        )
    violation = _violation(found) if is_of_a_size(found, _MOST_CHECKED) else ""
    description = Description(found)
    host, prefix = _server(found, version)
    operations = list(_calls(description, found, prefix))
    if not operations:
        why = f"; it breaks its own rules, too: {violation}" if violation else ""
        raise refused(file, f"has no path with an operation{why}", _RECORDABLE)
    info = description.part(found.get("info"))
    notices = [f"{file} isn't quite OpenAPI: {violation}. The rest was read."] if violation else []
    credentials = [*_schemes(description, found), *(c for _, cs in operations for c in cs)]
    return Source(
        str(info.get("title") or file),
        file,
        [call for call, _ in operations],
        host,
        list(dict.fromkeys(credentials)),
        notices,
    )


def _with_words(found: Any) -> Any:
    """Return *found* with its version as a text: in YAML 2.0 without quotes is a number."""
    numbers = {"swagger", "openapi"} if isinstance(found, dict) else set()
    told = {key: str(found[key]) for key in numbers if isinstance(found.get(key), float)}
    return {**found, **told} if told else found


def _version(found: Any) -> int:
    if not isinstance(found, dict):
        return 0
    if str(found.get("swagger")) == "2.0":
        return 2
    return 3 if re.match(r"3\.\d", str(found.get("openapi"))) else 0


def _violation(found: Mapping[str, Any]) -> str:
    """Return the first rule that it breaks, and where; nothing if it keeps them.

    Only its structure is looked at: what it names elsewhere would be fetched from there.
    """
    shortcuts = extra("openapi_spec_validator.shortcuts")
    try:
        validator = shortcuts.get_validator_cls(found).schema_validator
    except shortcuts.ValidatorDetectError:
        return "its version is one that its validator doesn't know"
    worst = extra("jsonschema.exceptions").best_match(validator.iter_errors(found))
    if worst is None:
        return ""
    place = "/".join(map(str, worst.absolute_path))
    return f"{worst.message[:200]} (at {place or 'its root'})"


def _server(found: Mapping[str, Any], version: int) -> tuple[str, str]:
    """Return the host and what stands before each path; nothing where it isn't said."""
    if version == 2:
        schemes = found.get("schemes")
        scheme = "http" if isinstance(schemes, list) and "https" not in schemes else "https"
        named = f"{scheme}://{found['host']}" if found.get("host") else ""
        url = f"{named}{found.get('basePath') or ''}"
    else:
        servers = found.get("servers")
        first = servers[0] if isinstance(servers, list) and servers else {}
        url = _filled(first) if isinstance(first, dict) else ""
    try:
        prefix = urlsplit(url).path.rstrip("/")
    except ValueError:
        return "", ""
    return origin_of(url), prefix if prefix.startswith("/") else ""


def _filled(server: Mapping[str, Any]) -> str:
    url, variables = str(server.get("url") or ""), server.get("variables")
    for name, told in variables.items() if isinstance(variables, dict) else ():
        if isinstance(told, dict):
            url = url.replace(f"{{{name}}}", str(told.get("default")))
    return url


def _calls(
    description: Description, found: Mapping[str, Any], prefix: str
) -> Iterator[tuple[Call, Sequence[Credential]]]:
    paths = found.get("paths")
    for path, told in paths.items() if isinstance(paths, dict) else ():
        item = description.part(told)
        for method in METHODS:
            operation = item.get(method.lower())
            if isinstance(operation, dict) and str(path).startswith("/"):
                whole = prefix + str(path)
                yield call_of(description, method, whole, operation, item.get("parameters"))


def _schemes(description: Description, found: Mapping[str, Any]) -> Iterator[Credential]:
    components = description.part(found.get("components"))
    listed = components.get("securitySchemes") or found.get("securityDefinitions")
    for told in listed.values() if isinstance(listed, dict) else ():
        scheme = description.part(told)
        kind, place = scheme.get("type"), str(scheme.get("in"))
        if kind == "apiKey" and place in {"header", "query", "cookie"}:
            yield Credential(place, str(scheme.get("name")))
        elif kind in {"http", "basic", "oauth2", "openIdConnect"}:
            yield Credential("header", "Authorization")
