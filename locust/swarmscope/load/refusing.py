"""A mistake in a locustfile that is seen before a test starts, and ends Locust."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from swarmscope.errors import ConfigurationError, ExitCode

log = logging.getLogger(__name__)


@contextmanager
def refusing() -> Iterator[None]:
    """End the process where something can't be used, with what is said of that alone."""
    try:
        yield
    except ConfigurationError as error:
        # Not raised: Locust would print how it came to call this, and not begin either.
        log.error("%s", error)  # noqa: TRY400
        sys.exit(ExitCode.WRONG_USAGE)
