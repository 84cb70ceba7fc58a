"""Reads the file of `--from`, which is of one of a few kinds; another is refused."""

import json
import stat
from pathlib import Path
from typing import Any

from swarmscope.starter import har, openapi, url_list
from swarmscope.starter.refusal import extra, refused
from swarmscope.starter.samples import is_of_a_size
from swarmscope.starter.source import Source

_MOST_BYTES = 64 * 2**20
_MOST_VALUES = 2_000_000
"""A short YAML can stand for more than any memory holds: each line ten of the one before."""
_KINDS = (
    "Give OpenAPI or Swagger (.yaml, .yml, .json), a recording (.har), or a list of URLs (.txt)."
)


def read(path: Path, host: str = "") -> Source:
    """Return what the file at *path* says of a service.

    *host*: the one that is wanted; a recording of several is read for it.

    Raises:
        ConfigurationError: it can't be read, is none of those kinds, or has no request in it.

    """
    file, kind = str(path), path.suffix.lower()
    if file.startswith(("http:", "https:")):
        raise refused(file, "is an address, and init reads files", "Download it: curl -O ADDRESS")
    if kind in {".yaml", ".yml"}:
        return openapi.source(_yaml(_text(path), file), path.name)
    if kind in {".json", ".har"}:
        found = _json(_text(path), file)
        is_recording = kind == ".har" or (isinstance(found, dict) and "log" in found)
        return (
            har.source(found, path.name, host) if is_recording else openapi.source(found, path.name)
        )
    if kind == ".txt":
        return url_list.source(_text(path), path.name)
    raise refused(file, "is of no kind that init reads", _KINDS)


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise refused(str(path), "is no regular file", "Name the file itself.")
        if status.st_size > _MOST_BYTES:
            raise refused(str(path), "has more than 64 MiB", "Take a part of it.")
        # With a byte order mark or without: some browsers write one.
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise refused(str(path), f"can't be read ({error.strerror})", _KINDS) from error
    except UnicodeDecodeError as error:
        raise refused(str(path), "is no text in UTF-8", _KINDS) from error


def _json(text: str, file: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise refused(file, f"is no JSON ({_said(error)})", "Save it anew.") from error


def _yaml(text: str, file: str) -> Any:
    yaml = extra("yaml")
    # The quick one where it is there: ten times as quick.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        found = yaml.load(text, loader)  # both are the safe one
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise refused(file, f"is no YAML ({_said(error)})", "Put that right.") from error
    if not is_of_a_size(found, _MOST_VALUES):
        raise refused(file, "stands for more values than can be read", "Write it without aliases.")
    return found


def _said(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
