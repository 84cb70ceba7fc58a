"""An independent witness: a second listener that writes every request to a file of its own."""

import json
import os
from pathlib import Path
from typing import Any

from locust import events

FOLDER = Path(os.environ["ORACLE_DIR"])


@events.request.add_listener
def witness(
    request_type: str,
    name: str,
    response_time: float,
    exception: object = None,
    **_: Any,
) -> None:
    # Opened by the process that writes: with --processes this file is loaded before the fork.
    with (FOLDER / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps([name, request_type, response_time, bool(exception)]) + "\n")
