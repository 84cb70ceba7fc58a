"""The listener: import it in a locustfile, or give its file to Locust beside one.

    import swarmscope.listener                              # in a locustfile
    locust -f "mine.py,$(python -m swarmscope.listener)"    # or beside it, unchanged
    swarmscope.listener.attach(environment)                 # or by hand, in a program

Any of these together still count each request once.
"""

import logging
import sys
from typing import Any

from locust import events
from locust.env import Environment

from swarmscope.agent import (
    EARLY,
    Agent,
    NoVerdictError,
    attach,
    bound_messages,
    offer_duets,
    offer_options,
)
from swarmscope.errors import ConfigurationError

__all__ = ["Agent", "attach"]

log = logging.getLogger(__name__)


def _on_init(environment: Environment, **_: Any) -> None:
    try:
        attach(environment)
    except NoVerdictError as error:
        log.error("%s", error)  # noqa: TRY400
        sys.exit(error.exit_code)
    except ConfigurationError as error:
        # As in run_single_user, a debugging session: nothing failed that needs a traceback.
        log.error("%s", error)  # noqa: TRY400
    except Exception:
        # Locust takes an exception here as a reason not to start at all.
        log.exception("swarmscope could not attach: the test runs on, but is NOT recorded.")


EARLY.listen()
bound_messages()
offer_options()
offer_duets()
events.init.add_listener(_on_init)

if __name__ == "__main__":
    print(__file__)  # noqa: T201 - it is what the command is for
