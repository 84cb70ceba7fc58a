"""A locustfile in which measuring fails at every turn: Locust must not notice."""

from tests.integration.scenarios.steady import Steady  # noqa: F401 - Locust looks for it here

import swarmscope.listener
from swarmscope.agent.master import MasterAgent
from swarmscope.agent.session import Session


def fail(*_: object, **__: object) -> None:
    raise RuntimeError("measuring is broken")


Session.tick = fail  # type: ignore[assignment]
Session.finish = fail  # type: ignore[method-assign]
MasterAgent.tick = fail  # type: ignore[method-assign]
swarmscope.listener.attach  # noqa: B018 - the import is what attaches
