"""The JSON Schema of a file of thresholds: editors complete it, and mark what isn't in it."""

from typing import Any

from swarmscope.gate.metrics import AGGREGATES, COUNTED

_TIME = {"type": "string", "pattern": r"^\d+\s*(s|min|m|h)$", "examples": ["30s", "5m", "1h"]}
# For YAML 1.1 `off` is a truth, for YAML 1.2 a text.
_SWITCH = {"enum": [True, False, "on", "off", "yes", "no", "true", "false"]}
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
    """Return the schema (draft 2020-12); sentences are held against their first word alone."""
    aggregates = f"({'|'.join(AGGREGATES)})(?=\\()"
    begins = "|".join((r"p\d+(\.\d+)?", *COUNTED, "apdex", aggregates, r"\d+(\.\d+)?%"))
    sentence = {
        "type": "string",
        "pattern": rf"^\s*({begins})(?![\w.-])",
        "description": "what must hold, as docs/thresholds.md has it",
        "examples": _EXAMPLES,
    }
    fatal = {
        "type": "object",
        "required": ["threshold"],
        "additionalProperties": False,
        "properties": {
            "threshold": sentence,
            "abort": {**_SWITCH, "description": "true: the master ends a test that breaks it"},
            "delay": {**_TIME, "description": "how much of the run's begin it doesn't"},
        },
        "dependentRequired": {"delay": ["abort"]},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Thresholds of a load test, for swarmscope check",
        "type": "object",
        "additionalProperties": False,
        "anyOf": [{"required": ["fail"]}, {"required": ["warn"]}],
        "properties": {
            "fail": {
                "type": "array",
                "items": {"anyOf": [sentence, fatal]},
                "description": "what fails a run that breaks it",
            },
            "warn": {
                "type": "array",
                "items": sentence,
                "description": "what a run that breaks it passes with a warning",
            },
            "warm_up": {**_TIME, "description": "how much of the run's begin is left out"},
            "generators": {
                **_SWITCH,
                "description": "off: a run whose load generators were saturated is judged, too",
            },
            "baseline": {
                "type": "string",
                "description": "what `+10% of baseline` is held against: a baseline's name",
                "examples": ["main"],
            },
        },
    }
