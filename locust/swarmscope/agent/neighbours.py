"""Several Environments in one process: what that means is said when the second comes."""

import functools
import logging
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from locust.env import Environment
from locust.runners import WorkerRunner

from swarmscope.settings import Settings

log = logging.getLogger(__name__)

_RECORDED: WeakSet[Environment] = WeakSet()


def settle_in(environment: Environment, settings: Settings) -> None:
    """Note that *environment* is recorded, and say what it has in common with those that are."""
    others = list(_RECORDED)
    _RECORDED.add(environment)
    if any(other.events is environment.events for other in others):
        log.warning(
            "Two Environments of this process share their events (events=…): every request counts "
            "for both, in Locust's own statistics and in both recorded runs. To tell them apart, "
            "give each events of its own: leave events= out."
        )
    if settings.run_id and sum(map(_names_runs, _RECORDED)) > 1 and _names_runs(environment):
        log.warning(
            "This process records several Environments: the first run that starts is named %s, as "
            "SWARMSCOPE_RUN_ID has it, and further ones %s-2, %s-3 and so on.",
            *[settings.run_id] * 3,
        )


def _names_runs(environment: Environment) -> bool:
    """Whether runs begin here: a worker's are its master's."""
    return not isinstance(environment.runner, WorkerRunner)


def only_of(environment: Environment, handler: Callable[[], None]) -> Callable[..., None]:
    """Return *handler* for events of *environment*, which may share them with another."""

    @functools.wraps(handler)
    def of_ours(**event: Any) -> None:
        if event.get("environment", environment) is environment:
            handler()

    return of_ours
