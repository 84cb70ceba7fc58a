"""Whether anything can be requested of the host that Locust is told by the environment."""

import os
from collections.abc import Iterator

from swarmscope.doctor.finding import Finding, Level
from swarmscope.settings.targets import doubt_of

_SETTING = "LOCUST_HOST"


def check_target() -> Iterator[Finding]:
    """Look at the host, where there is one."""
    host = os.environ.get(_SETTING, "")
    if not host:
        return
    why = doubt_of(host)
    if why:
        yield Finding(
            "target",
            Level.WARNING,
            f"{_SETTING} is {why}",
            "Users that speak HTTP (HttpUser, FastHttpUser) can request nothing of it: set it with "
            "its scheme. Others, a broker's say, may want it as it is.",
        )
    else:
        yield Finding("target", Level.FINE, f"{_SETTING} has a scheme.")
