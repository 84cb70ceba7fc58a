"""A locustfile that imports the listener, as the README teaches."""

from tests.integration.scenarios.steady import Steady  # noqa: F401 - Locust looks for it here

from swarmscope import listener  # noqa: F401 - importing is all it takes
