"""The JSON Schema of a file of thresholds: editors complete it, and mark what isn't in it."""

from typing import Any

from swarmscope.gate.metrics import AGGREGATES, COUNTED

_TIME = {
    "type": "string",
    "pattern": r"^0*[1-9]\d*\s*(s|min|m|h)$",
    "examples": ["30s", "5m", "1h"],
}
_ON, _OFF = ("on", "yes", "true"), ("off", "no", "false")
_OUTSIDE_QUOTES = r'^([^"{]|"([^"\\]|\\.)*")*'
_OF_OTHERS = "|".join(
    (
        rf"^\s*(p[\d.]+|{'|'.join(AGGREGATES)})\s*\(",
        rf"{_OUTSIDE_QUOTES}\{{",
        rf"{_OUTSIDE_QUOTES}%\s*of\s+baseline(?![\w.-])",
    )
)
"""Of what a master doesn't see (`Rule.of_own_requests`): fields, tags, what is relative."""
_EXAMPLES = [
    "p95 < 300ms",
    'p99 of GET "/items" < 1s within 1m',
    "failure_rate < 1% of each endpoint",
    "99% under 500ms",
    "apdex(500ms) >= 0.9",
    "p95 <= +10% of baseline",
    "requests_per_second >= 100/s for 10s",
    "dropped_arrivals == 0",
]


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12); sentences are held against their first word alone.

    And against what the master doesn't see, where they shall end a test.
    """
    sentence = _sentence()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Thresholds of a load test, for swarmscope check",
        "type": "object",
        "additionalProperties": False,
        "anyOf": [
            {"required": [key], "properties": {key: {"minItems": 1}}} for key in ("fail", "warn")
        ],
        "properties": {
            "fail": {
                "type": "array",
                "items": {"anyOf": [sentence, _with_more(sentence)]},
                "description": "what fails a run that breaks it",
            },
            "warn": {
                "type": "array",
                "items": {"anyOf": [sentence, _that_warns(sentence)]},
                "description": "what a run that breaks it passes with a warning",
            },
            "warm_up": {**_TIME, "description": "how much of the run's begin is left out"},
            "generators": {
                **_switch(*_ON, *_OFF),
                "description": "off: a run whose load generators were saturated is judged, too",
            },
            "baseline": {
                "type": "string",
                "description": "what `+10% of baseline` is held against: a baseline's name",
                "examples": ["main"],
            },
        },
    }


def _sentence() -> dict[str, Any]:
    aggregates = f"({'|'.join(AGGREGATES)})(?=\\()"
    begins = "|".join((r"p\d+(\.\d+)?", *COUNTED, "apdex", aggregates, r"\d+(\.\d+)?%"))
    return {
        "type": "string",
        "pattern": rf"^\s*({begins})(?![\w.-])",
        "description": "what must hold, as docs/thresholds.md has it",
        "examples": _EXAMPLES,
    }


def _switch(*words: str) -> dict[str, Any]:
    # For YAML 1.1 `off` is a truth, for YAML 1.2 a text.
    truths = [truth for truth in (True, False) if str(truth).lower() in words]
    any_case = "|".join("".join(f"[{c}{c.upper()}]" for c in word) for word in words)
    return {
        "anyOf": [{"enum": [*truths, *words]}, {"type": "string", "pattern": f"^({any_case})$"}]
    }


def _with_more(sentence: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an entry below `fail` that says more than its *sentence*."""
    return {
        "type": "object",
        "required": ["threshold"],
        "additionalProperties": False,
        "properties": {
            "threshold": sentence,
            "abort": {
                **_switch(*_ON, *_OFF),
                "description": "true: the master ends a test that breaks it",
            },
            "delay": {**_TIME, "description": "how much of the run's begin it doesn't"},
        },
        "if": {"required": ["abort"], "properties": {"abort": _switch(*_ON)}},
        "then": {"properties": {"threshold": {"not": {"pattern": _OF_OTHERS}}}},
        "else": {"properties": {"delay": False}},
    }


def _that_warns(sentence: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["threshold"],
        "additionalProperties": False,
        "properties": {
            "threshold": sentence,
            "abort": {**_switch(*_OFF), "description": "what only warns ends no test"},
        },
    }
