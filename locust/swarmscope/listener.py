"""The listener: import it in a locustfile, or give its file to Locust beside one.

    import swarmscope.listener                              # in a locustfile
    locust -f mine.py,$(python -m swarmscope.listener)      # or beside it, unchanged
    swarmscope.listener.attach(environment)                 # or by hand, in a program

Any of these together still count each request once.
"""

from typing import Any

from locust import events
from locust.env import Environment

from swarmscope.agent import EARLY, Agent, attach

__all__ = ["Agent", "attach"]


def _on_init(environment: Environment, **_: Any) -> None:
    attach(environment)


EARLY.listen()
events.init.add_listener(_on_init)

if __name__ == "__main__":
    print(__file__)  # noqa: T201 - it is what the command is for
