"""Descriptions: both versions in their own words, what isn't one, and what is nearly one."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmscope.errors import ConfigurationError
from swarmscope.starter.credentials import Credential
from swarmscope.starter.locustfile import locustfile
from swarmscope.starter.openapi import source

ANSWERS = {"responses": {"200": {"description": "fine"}}}
OPENAPI: dict[str, Any] = {
    "openapi": "3.0.3",
    "info": {"title": "Shop", "version": "1"},
    "servers": [
        {"url": "https://{region}.shop.example/v2/", "variables": {"region": {"default": "eu"}}}
    ],
    "paths": {"/orders": {"get": ANSWERS, "post": ANSWERS}, "/health": {"get": ANSWERS}},
}
SWAGGER: dict[str, Any] = {
    "swagger": "2.0",
    "info": {"title": "Shop", "version": "1"},
    "host": "shop.example:8080",
    "basePath": "/v1",
    "schemes": ["http"],
    "paths": {"/orders": {"get": ANSWERS}},
}


def test_openapi_3_has_its_host_in_servers() -> None:
    found = source(OPENAPI, "shop.yaml")
    assert (found.title, found.host) == ("Shop", "https://eu.shop.example")
    assert [(call.method, call.paths[0]) for call in found.calls] == [
        ("GET", "/v2/orders"),
        ("POST", "/v2/orders"),
        ("GET", "/v2/health"),
    ]
    assert found.notices == []


def test_swagger_2_has_it_in_parts() -> None:
    found = source(SWAGGER, "shop.json")
    assert (found.host, found.calls[0].paths) == ("http://shop.example:8080", ["/v1/orders"])
    assert source({**SWAGGER, "schemes": ["http", "https"]}, "f").host.startswith("https:")
    assert source({**SWAGGER, "swagger": 2.0}, "f").calls


@pytest.mark.parametrize(
    "servers", [[], [{"url": "/v2"}], None, [{"url": "http://h $(id)/v2"}], "x"]
)
def test_without_a_host_that_can_be_one_it_has_none(servers: Any) -> None:
    assert source({**OPENAPI, "servers": servers}, "f").host == ""


def test_who_has_to_be_known_is_asked_for() -> None:
    schemes = {
        "one": {"type": "http", "scheme": "bearer"},
        "two": {"type": "apiKey", "in": "query", "name": "key"},
        "three": {"type": "oauth2", "flows": {}},
        "four": {"type": "mutualTLS"},
    }
    found = source({**OPENAPI, "components": {"securitySchemes": schemes}}, "f")
    assert found.credentials == [Credential("header", "Authorization"), Credential("query", "key")]
    told = {"a": {"type": "basic"}}
    assert source({**SWAGGER, "securityDefinitions": told}, "f").credentials == [
        Credential("header", "Authorization")
    ]


@pytest.mark.parametrize(
    "found",
    [{}, [], None, "openapi", {"openapi": "4.0.0"}, {"swagger": "1.2"}, {"info": {}, "paths": {}}],
)
def test_what_is_none_is_refused(found: Any) -> None:
    with pytest.raises(ConfigurationError, match="is no OpenAPI 3 or Swagger 2"):
        source(found, "f")


@pytest.mark.parametrize(
    "paths", [{}, {"/x": {}}, {"x": {"get": ANSWERS}}, {"/x": {"get": []}}, []]
)
def test_without_an_operation_it_is_refused(paths: Any) -> None:
    with pytest.raises(ConfigurationError, match="has no path with an operation"):
        source({**OPENAPI, "paths": paths}, "f")


def test_which_rule_it_breaks_is_said_and_the_rest_read() -> None:
    found = source({**OPENAPI, "paths": {"/x": {"get": {"summary": 3}}}}, "shop.yaml")
    assert [call.paths for call in found.calls] == [["/v2/x"]]
    (notice,) = found.notices
    assert notice.startswith("shop.yaml isn't quite OpenAPI: ")
    assert "(at paths//x" in notice


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats(),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["get", "post", "parameters", "name", "in", "schema", "requestBody", "content", "type",
             "application/json", "properties", "required", "allOf", "example", "examples", "$ref"]
        )
        | st.text(max_size=5),
        inner,
        max_size=4,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=40)
@given(item=ODD, more=ODD)
def test_whatever_a_description_holds_it_is_refused_or_python(item: Any, more: Any) -> None:
    found = {**OPENAPI, "paths": {"/a'\"{b}": item, "/x": {"get": more}}, "components": more}
    try:
        text = locustfile(source(found, "f"), "http://h", writing=True)
    except ConfigurationError:
        return
    compile(text, "locustfile.py", "exec")
