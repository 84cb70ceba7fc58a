"""Stages of a load shape, read from a file that people edit: YAML, TOML or JSON."""

import json
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

from swarmscope.errors import ConfigurationError
from swarmscope.load.stages import Stage, checked

_KEYS = [field.name for field in fields(Stage)]
_NOTHING = "Nothing is started."


def stages_from(path: str | Path) -> Sequence[Stage]:
    """Return the stages in the file at *path*: a list under `stages`, or in JSON and YAML a list.

    Its ending says what it is: `.yaml`, `.yml` (these want PyYAML), `.toml` or `.json`.

    Raises:
        ConfigurationError: it can't be read, or a test can't go through what it has.

    """
    path = Path(path)
    found = _read(path)
    listed = found.get("stages") if isinstance(found, dict) else found
    if not isinstance(listed, list):
        raise _refused(path, "has no list of stages", "Begin it with stages: and one - for each.")
    return checked([_stage(path, number, one) for number, one in enumerate(listed, 1)], str(path))


def _stage(path: Path, number: int, told: object) -> Stage:
    if not isinstance(told, dict) or not {"seconds", "users"} <= told.keys() <= set(_KEYS):
        raise _refused(
            path,
            f"has {told!r} as stage {number}",
            f"A stage has seconds and users, and may have {', '.join(_KEYS[2:])}.",
        )
    return Stage(**told)


def _read(path: Path) -> Any:
    kinds: dict[str, Callable[[str], Any]] = {
        **dict.fromkeys((".yaml", ".yml"), _yaml),
        ".toml": tomllib.loads,
        ".json": json.loads,
    }
    parse = kinds.get(path.suffix)
    if parse is None:
        raise _refused(path, "has no ending that is known", "Call it stages.yaml, .toml or .json.")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _refused(
            path, f"can't be read ({error.strerror})", "Put it beside the locustfile."
        ) from error
    return _parsed(path, text, parse)


def _parsed(path: Path, text: str, parse: Callable[[str], Any]) -> Any:
    try:
        return parse(text)
    except ImportError as error:
        raise _refused(
            path, "can't be read without PyYAML", "pip install pyyaml, or write it in TOML or JSON."
        ) from error
    except RecursionError as error:
        raise _refused(
            path, "can't be read: its parts lie too deep in each other", "Correct that."
        ) from error
    except ValueError as error:
        raise _refused(path, f"can't be read: {error}", "Correct that.") from error


def _yaml(text: str) -> Any:
    import yaml  # noqa: PLC0415 - only who has such a file needs it

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error).replace("\n", ", ")) from error


def _refused(path: Path, what: str, remedy: str) -> ConfigurationError:
    return ConfigurationError(f"{path} {what}.", data=_NOTHING, remedy=remedy)
