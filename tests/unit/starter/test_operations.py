"""An operation as a call: what it can't do without is in it, and nothing that lets somebody in."""

from typing import Any

from swarmscope.starter.credentials import Credential
from swarmscope.starter.operations import call_of
from swarmscope.starter.samples import Description
from swarmscope.starter.source import Call

NOTHING = Description({})


def made(path: str, operation: Any, shared: Any = None, method: str = "GET") -> Call:
    return call_of(NOTHING, method, path, operation, shared)[0]


def test_a_path_is_filled_in_and_named_by_its_parameters() -> None:
    day = {"name": "day", "in": "path", "schema": {"type": "string", "example": "a/b c"}}
    call = made("/shops/{shop}/days/{day}", {"summary": "One day"}, [day])
    assert call.paths == ["/shops/1/days/a%2Fb%20c"]
    assert (call.name, call.about) == ("/shops/[shop]/days/[day]", "One day")
    assert call.guessed == ["shop"]


def test_an_operation_s_own_parameter_holds_more_than_its_path_s() -> None:
    shared = [{"name": "id", "in": "path", "example": "theirs"}]
    own = {"parameters": [{"name": "id", "in": "path", "example": "own"}]}
    assert made("/x/{id}", own, shared).paths == ["/x/own"]


def test_of_a_query_there_is_what_has_to_be() -> None:
    told = [
        {"name": "q", "in": "query", "required": True, "schema": {"default": "a b"}},
        {"name": "ids", "in": "query", "required": True, "example": [1, True]},
        {"name": "page", "in": "query", "example": 3},
    ]
    call = made("/search", {"parameters": told})
    assert call.paths == ["/search?q=a+b&ids=1%2Ctrue"]
    assert call.name == "/search"
    assert call.guessed == []


def test_credentials_are_named_and_not_sent() -> None:
    told = [
        {"name": "X-Api-Key", "in": "header", "required": True, "example": "s3cret"},
        {"name": "token", "in": "query", "example": "s3cret"},
        {"name": "X-Shop", "in": "header", "required": True, "example": "7"},
    ]
    call, credentials = call_of(NOTHING, "GET", "/", {"parameters": told}, None)
    assert credentials == [Credential("header", "X-Api-Key")]
    assert (call.headers, call.paths) == ({"X-Shop": "7"}, ["/"])


def test_bodies_of_json_and_of_forms_are_sent() -> None:
    schema = {"properties": {"name": {"example": "Ada"}, "password": {"example": "hunter2"}}}
    told = {"requestBody": {"content": {"application/json": {"schema": schema}}, "required": True}}
    call = made("/users", told, method="POST")
    assert call.json == {"name": "Ada", "password": "***"}
    assert call.needs_body
    form = {"requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": schema}}}}
    call = made("/users", form, method="POST")
    assert (call.json, call.data) == (None, "name=Ada&password=%2A%2A%2A")
    assert call.headers == {"Content-Type": "application/x-www-form-urlencoded"}


def test_an_example_beside_a_schema_is_the_body() -> None:
    media = {"schema": {"type": "object"}, "examples": {"one": {"value": {"a": 1}}}}
    told = {"requestBody": {"content": {"application/vnd.x+json; charset=utf-8": media}}}
    assert made("/x", told, method="POST").json == {"a": 1}


def test_a_body_of_another_kind_is_the_user_s() -> None:
    told = {"requestBody": {"content": {"image/png": {}}, "required": True}}
    call = made("/x", told, method="PUT")
    assert (call.json, call.data, call.guessed) == (None, None, ["a body of image/png"])


def test_swagger_2_has_bodies_and_forms_among_its_parameters() -> None:
    body = {"name": "b", "in": "body", "schema": {"properties": {"n": {"type": "integer"}}}}
    call = made("/x", {"parameters": [body]}, method="POST")
    assert (call.json, call.guessed) == ({"n": 1}, ["the body"])
    field = {"name": "n", "in": "formData", "type": "string", "required": True}
    assert made("/x", {"parameters": [field]}, method="POST").data == "n=1"
    number = {"name": "n", "in": "query", "type": "integer", "minimum": 4, "required": True}
    assert made("/x", {"parameters": [number]}).paths == ["/x?n=4"]
