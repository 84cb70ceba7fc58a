"""Values for parameters and bodies: the description's own examples, or a guess by type."""

from collections.abc import Mapping
from typing import Any

_DEEPEST = 8
_MOST = 300
"""Values of one body: a schema that branches again and again has more than anybody reads."""
_TEXTS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "email": "someone@example.com",
    "uuid": "00000000-0000-4000-8000-000000000001",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
}
_MISSING = object()


class Description:
    """A document whose parts name others of it."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document

    def part(self, value: Any) -> Mapping[str, Any]:
        """Return *value*, or what it names within the document; nothing where that isn't there.

        Other files, and other machines' least of all, aren't read.
        """
        for _ in range(_DEEPEST):
            if not isinstance(value, dict):
                return {}
            named = value.get("$ref")
            if not isinstance(named, str):
                return value
            value = self._named(named)
        return {}

    def _named(self, pointer: str) -> Any:
        if not pointer.startswith("#/"):
            return None
        found: Any = self._document
        for step in pointer[2:].split("/"):
            found = (
                found.get(step.replace("~1", "/").replace("~0", "~"))
                if (isinstance(found, dict))
                else None
            )
        return found


class Sampler:
    """Makes one value of a schema."""

    def __init__(self, description: Description) -> None:
        self._description = description
        self._left = _MOST
        self.guessed = False
        """Whether anything of it is not the description's own."""

    def of(self, schema: Any, depth: int = 0) -> Any:
        """Return a value as *schema* wants it."""
        self._left -= 1
        told = self._description.part(schema)
        if (example := example_in(told)) is not _MISSING:
            return example
        if depth > _DEEPEST or self._left < 0:
            self.guessed = True
            return None
        for word in ("oneOf", "anyOf"):
            if isinstance(told.get(word), list) and told[word]:
                return self.of(self._first_but_null(told[word]), depth + 1)
        if isinstance(told.get("allOf"), list):
            return self._all_of(told, depth)
        return self._by_type(told, depth)

    def _first_but_null(self, schemas: list[Any]) -> Any:
        told = [one for one in schemas if self._description.part(one).get("type") != "null"]
        return told[0] if told else schemas[0]

    def _all_of(self, told: Mapping[str, Any], depth: int) -> Any:
        values = [self.of(one, depth + 1) for one in told["allOf"]]
        values += [self._object(told, depth)] if "properties" in told else []
        objects = [one for one in values if isinstance(one, dict)]
        if not objects:
            return values[0] if values else None
        return {key: value for one in objects for key, value in one.items()}

    def _by_type(self, told: Mapping[str, Any], depth: int) -> Any:
        kind = told.get("type")
        if isinstance(kind, list):
            kind = next((one for one in kind if one != "null"), "null")
        if kind == "object" or "properties" in told:
            return self._object(told, depth)
        if kind == "array":
            return [self.of(told.get("items"), depth + 1)]
        if kind == "null":
            return None
        self.guessed = True
        if kind in {"integer", "number"}:
            least = told.get("minimum")
            return least if isinstance(least, int | float) else 1
        return True if kind == "boolean" else _TEXTS.get(str(told.get("format")), "1")

    def _object(self, told: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = told.get("properties")
        named = properties if isinstance(properties, dict) else {}
        required = told.get("required")
        wanted = [str(one) for one in required] if isinstance(required, list) else []
        # Who says of none that it has to be there means them all, more often than not.
        return {
            str(key): self.of(inner, depth + 1)
            for key, inner in named.items()
            if not self._description.part(inner).get("readOnly")
            and (not wanted or str(key) in wanted)
        }


def example_in(told: Mapping[str, Any]) -> Any:
    """Return the example that *told* has of itself, or `_MISSING`."""
    for word in ("example", "x-example", "const", "default"):
        if told.get(word) is not None:
            return told[word]
    for word in ("examples", "enum"):
        listed = told.get(word)
        if isinstance(listed, list) and listed:
            return listed[0]
        if isinstance(listed, dict):
            for one in listed.values():
                if isinstance(one, dict) and "value" in one:
                    return one["value"]
    return _MISSING


def is_of_a_size(found: Any, most: int) -> bool:
    """Whether *found* has at most so many values; in YAML an alias may name what it is in."""
    waiting, seen = [found], 0
    while waiting and seen < most:
        one = waiting.pop()
        seen += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return not waiting
