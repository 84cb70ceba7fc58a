"""Requests that are written down by whoever makes them, before anybody else hears of them.

Not by a listener: what keeps swarmscope's from being called may keep any other from it, too.
"""

import json
import os
from pathlib import Path
from typing import Any

from locust.env import Environment

FOLDER = Path(os.environ["ORACLE_DIR"])


def write_down(name: str, error: object = None) -> None:
    """Write a request down in the witness's file."""
    with (FOLDER / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps([name, "CALL", 1.0, bool(error)]) + "\n")


def fire(environment: Environment, name: str, error: object = None, **others: Any) -> None:
    """Write a request down, then fire its event."""
    write_down(name, error)
    request: dict[str, Any] = {
        "request_type": "CALL",
        "name": name,
        "response_time": 1.0,
        "response_length": 1,
        "exception": error,
        "context": {},
    }
    environment.events.request.fire(**{**request, **others})
