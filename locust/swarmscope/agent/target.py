"""Whether users can request anything of the host that they were given: said before they try."""

import logging

from locust import FastHttpUser, HttpUser
from locust.env import Environment

from swarmscope.settings.targets import doubt_of

log = logging.getLogger(__name__)


def doubt(environment: Environment) -> str:
    """Return why users of *environment* that speak HTTP can't request anything; often nothing.

    Other users' hosts are their own affair: a broker's has no scheme.
    """
    for user in environment.user_classes:
        if issubclass(user, HttpUser | FastHttpUser):
            why = doubt_of(environment.host or user.host or "")
            if why:
                return f"The host of {user.__name__} is {why}"
    return ""


class Target:
    """Warns of each host of *environment* once."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._said = ""

    def look(self) -> None:
        """Warn of the present host, if it is doubtful: it may be another for each run."""
        why = doubt(self._environment)
        if why and why != self._said:
            log.error(
                "%s A path that is requested of it raises an exception, which is no request: a run "
                "of such has nothing to show. Give it with its scheme: --host, LOCUST_HOST, or the "
                "field on Locust's page.",
                why,
            )
        self._said = why
