"""Under which conditions a run was made: what must be alike before two runs are compared."""

import hashlib
import os
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from locust.env import Environment

from swarmscope.agent.identity import own_locustfiles
from swarmscope.line_protocol import Field, shorten
from swarmscope.redaction import redact
from swarmscope.settings import Settings

_COMMIT_VARIABLES = ("SWARMSCOPE_COMMIT", "GITHUB_SHA", "CI_COMMIT_SHA", "GIT_COMMIT")
_LONGEST = 200
_DIGITS = 16
"""Of a hash: enough that two files of one test don't meet by chance."""
_MOST_MODULES = 500
_PACKAGES = {"site-packages", "dist-packages"}
_NOT_OWN = {Path(sysconfig.get_path("stdlib")), Path(__file__).parents[1]}
"""Python's own, and ours: neither is the test."""


def conditions(environment: Environment, settings: Settings) -> dict[str, Field]:
    """Return what is known of them, as fields of a run's start; nothing of what isn't known."""
    files = own_locustfiles(environment)
    modules = imported(tuple(files))
    known = {
        "commit": next((os.environ[v] for v in _COMMIT_VARIABLES if os.environ.get(v)), ""),
        "environment": settings.environment,
        "machine": machine(),
        "locustfile": ", ".join(Path(file).name for file in files),
        "locustfile_hash": hash_of([*files, *modules]),
    }
    return {name: shorten(redact(text), _LONGEST) for name, text in known.items() if text}


def hash_of(files: Iterable[str]) -> str:
    """Return one hash of the contents of *files*, whatever they are called; "" if one isn't there.

    A folder is all Python files in it.
    """
    found = hashlib.sha256()
    count = 0
    try:
        for path in _contents(files):
            found.update(hashlib.sha256(path.read_bytes()).digest())
            count += 1
    except OSError:
        return ""  # a master without them: its workers have their own
    return found.hexdigest()[:_DIGITS] if count else ""


@cache
def imported(files: tuple[str, ...]) -> tuple[str, ...]:
    """Return the files of modules that were imported from beside *files*, or from below.

    Looked for once, when the first run begins: what users import while they run would make
    another test of the second one. In the order of their paths; of very many the first ones.
    """
    given = {Path(os.path.abspath(file)) for file in files if Path(file).is_file()}  # noqa: PTH100
    folders = sorted(file.parent for file in given)
    found: dict[Path, Path] = {}
    for module in list(sys.modules.values()):
        # Not the module itself is asked: some import something when they are.
        told = getattr(module, "__dict__", {}).get("__file__")
        path = Path(os.path.abspath(told)) if isinstance(told, str) else Path()  # noqa: PTH100
        folder = next((one for one in folders if path.is_relative_to(one)), None)
        if folder and path not in given and _is_own(path, folder):
            found[path] = path.relative_to(folder)
    return tuple(str(path) for path in sorted(found, key=found.__getitem__)[:_MOST_MODULES])


def _is_own(path: Path, folder: Path) -> bool:
    return (
        path.suffix == ".py"
        and not _PACKAGES.intersection(path.relative_to(folder).parts)
        and not any(path.is_relative_to(other) for other in _NOT_OWN)
    )


def _contents(files: Iterable[str]) -> Iterator[Path]:
    for file in files:
        path = Path(file)
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def machine() -> str:
    """Return the processors of this machine: how many this process may use, and their model."""
    model = ""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        told = ""  # not a Linux: their number is known all the same
    for line in told.splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "Model"):
            model = " ".join(value.split())
            break
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{count} x {model or 'unknown processor'}"
