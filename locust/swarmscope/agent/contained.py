"""Handlers of Locust's events that keep their own errors in."""

import functools
import logging
from collections.abc import Callable
from typing import Any

log = logging.getLogger(__name__)


def contained(handler: Callable[..., None]) -> Callable[..., None]:
    """Keep *handler*'s exceptions in: Locust would turn its exit code to 2 for them."""

    @functools.wraps(handler)
    def contained(*args: Any, **kwargs: Any) -> None:
        try:
            handler(*args, **kwargs)
        except Exception:
            log.exception("swarmscope failed in %s; the test runs on.", handler.__name__)

    return contained
