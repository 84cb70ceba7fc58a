"""Counts what a process fires, wherever its listeners stand: Python imports this before all else.

A listener can be hidden by others; the method that calls them all can't. Two numbers in a mapped
file outlive any end of the process: events with what Locust's request event has, and those of
them with a true exception.
"""

import mmap
import os
import struct
import sys
from _thread import allocate_lock
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_HOOKS = "locust.event"


class Counter:
    """The two numbers of this process."""

    def __init__(self) -> None:
        # Locust's patches come later: events of native threads need a real lock.
        self._lock = allocate_lock()
        self._open()

    def _open(self) -> None:
        name = os.path.join(os.environ["WITNESS_DIR"], f"{os.getpid()}.fired")  # noqa: PTH118
        with open(name, "wb+") as file:  # noqa: PTH123 - pathlib is too much for every process
            file.truncate(16)
            self._shared = mmap.mmap(file.fileno(), 16)
        self._fired = self._failed = 0

    def watch(self, hook_class: Any) -> None:
        """Count whatever is fired by events of *hook_class*."""
        fire = hook_class.fire
        os.register_at_fork(after_in_child=self._open)

        def counted(hook: Any, *, reverse: bool = False, **request: Any) -> None:
            if "request_type" in request:
                with self._lock:
                    self._fired += 1
                    self._failed += bool(request.get("exception"))
                    struct.pack_into("QQ", self._shared, 0, self._fired, self._failed)
            fire(hook, reverse=reverse, **request)

        hook_class.fire = counted


class OnImport(MetaPathFinder):
    """Puts the counter in as soon as the module that has the events is there."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return how *name* is loaded, with the counter put in behind that."""
        spec = PathFinder.find_spec(name, path, target) if name == _HOOKS else None
        if spec is None or spec.loader is None:
            return None
        loader: Any = spec.loader
        load = loader.exec_module

        def load_and_watch(module: Any) -> None:
            load(module)
            Counter().watch(module.EventHook)

        loader.exec_module = load_and_watch
        return spec


if "WITNESS_DIR" in os.environ:
    sys.meta_path.insert(0, OnImport())
