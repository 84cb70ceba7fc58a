"""The load steps of a run, as its master tells them: how many users are wanted, and why."""

from inspect import getattr_static

from locust.env import Environment
from locust.runners import Runner

from swarmscope.line_protocol import Field, shorten
from swarmscope.words import count_of

_STAGE_LENGTH = 120


class Steps:
    """Watches how many users *runner* wants, and at which stage of its load shape it is."""

    def __init__(self, environment: Environment, runner: Runner) -> None:
        self._environment = environment
        self._runner = runner
        self.restart()

    def restart(self) -> None:
        """Begin to count anew, for another run."""
        self._told: tuple[int, str] | None = None
        self._seen: tuple[int, str] | None = None
        self._number = 0

    def take(self) -> dict[str, Field]:
        """Return the fields of the step that began since this was called last; none began: none."""
        target, stage = step = self._runner.target_user_count, self._stage()
        if step == self._told:
            return {}
        rate = self._spawn_rate()
        # A runner of one process knows the rate a moment later than the users, and each shape knows
        # its stage a moment earlier.
        early = not rate or (self._told is not None and target == self._told[0])
        if early and step != self._seen:
            self._seen = step
            return {}
        self._told = step
        self._number += 1
        users = count_of(target, "user")
        fields: dict[str, Field] = {
            "user_count": target,
            "number": self._number,
            "message": f"{stage}: {users}" if stage else users,
        }
        if stage:
            fields["stage"] = stage
        if rate:
            fields["spawn_rate"] = rate
        return fields

    def _stage(self) -> str:
        """Return the text that the load shape has as its `stage`; none has one of Locust's own."""
        # Statically: a property of the user's is code that may do anything.
        stage = getattr_static(self._environment.shape_class, "stage", "")
        return shorten(stage, _STAGE_LENGTH) if isinstance(stage, str) else ""

    def _spawn_rate(self) -> float:
        """Return how many users Locust starts a second, or 0 where it doesn't say."""
        # A runner of one process keeps it in its dispatcher alone.
        dispatcher = getattr(self._runner, "_users_dispatcher", None)
        rates = (getattr(self._runner, "spawn_rate", 0), getattr(dispatcher, "_spawn_rate", 0))
        return next((float(rate) for rate in rates if rate), 0.0)
