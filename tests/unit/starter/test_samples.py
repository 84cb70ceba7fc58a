"""Values for a schema: the description's own, or a guess that is said to be one."""

from typing import Any

import pytest

from swarmscope.starter.samples import Description, Sampler, is_of_a_size

DOCUMENT = {
    "parts": {
        "Name": {"type": "string", "example": "Ada"},
        "a/b~c": {"type": "integer", "minimum": 5},
        "Loop": {"type": "object", "properties": {"again": {"$ref": "#/parts/Loop"}}},
        "Self": {"$ref": "#/parts/Self"},
    }
}


def sampled(schema: Any) -> tuple[Any, bool]:
    sampler = Sampler(Description(DOCUMENT))
    return sampler.of(schema), sampler.guessed


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"$ref": "#/parts/Name"}, "Ada"),
        ({"type": "string", "default": "x"}, "x"),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": 3}, 3),
        ({"examples": [1, 2]}, 1),
        ({"examples": {"one": {"value": "v"}}}, "v"),
        ({"type": "array", "items": {"$ref": "#/parts/Name"}}, ["Ada"]),
        ({"oneOf": [{"type": "null"}, {"$ref": "#/parts/Name"}]}, "Ada"),
        ({"type": ["null"]}, None),
        ({"allOf": [{"properties": {"a": {"const": 1}}}, {"properties": {"b": {"const": 2}}}]},
         {"a": 1, "b": 2}),
    ],
)  # fmt: skip
def test_what_the_description_says_is_taken(schema: Any, value: Any) -> None:
    assert sampled(schema)[0] == value


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer"}, 1),
        ({"$ref": "#/parts/a~1b~0c"}, 5),
        ({"type": ["string", "null"]}, "1"),
        ({"type": "string", "format": "date"}, "2026-01-01"),
        ({"type": "boolean"}, True),
        ({}, "1"),
        (None, "1"),
        ({"$ref": "https://elsewhere.example/x.json"}, "1"),
        ({"$ref": "#/parts/none"}, "1"),
        ({"$ref": "#/parts/Self"}, "1"),
    ],
)
def test_the_rest_is_a_guess_and_said_to_be(schema: Any, value: Any) -> None:
    assert sampled(schema) == (value, True)


def test_only_what_an_object_requires_is_in_it() -> None:
    name = {"$ref": "#/parts/Name"}
    told = {"properties": {"a": name, "b": name, "c": {"const": 1, "readOnly": True}}}
    assert sampled(told)[0] == {"a": "Ada", "b": "Ada"}
    assert sampled({**told, "required": ["b"]})[0] == {"b": "Ada"}


def test_what_goes_on_for_ever_ends() -> None:
    value, guessed = sampled({"$ref": "#/parts/Loop"})
    assert guessed
    assert str(value).count("again") < 20
    wide = {"properties": {str(i): {"$ref": "#/parts/Loop"} for i in range(1_000)}}
    assert sampled(wide)[1]


def test_the_size_of_what_is_in_itself_is_none() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert not is_of_a_size(loop, 1_000)
    assert is_of_a_size({"a": [1, 2]}, 4)
    assert not is_of_a_size({"a": [1, 2]}, 3)
