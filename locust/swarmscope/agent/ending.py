"""Whether a run lasted as long as it was to, and who ended it before that."""

from inspect import getattr_static
from time import monotonic

from locust.env import Environment
from locust.runners import STATE_RUNNING, STATE_SPAWNING, MasterRunner, Runner

from swarmscope import schema
from swarmscope.agent.interrupts import INTERRUPTS
from swarmscope.line_protocol import Field
from swarmscope.words import lasted

_NEARLY = 0.95
"""Of its time: Locust's timer and ours begin at different moments."""
_HALF = 0.5
"""Of a load of which more is missing nobody would say that it was the one that was asked for."""


class Ending:
    """How the runs of *runner* end, one after the other."""

    def __init__(self, environment: Environment, runner: Runner) -> None:
        self._environment = environment
        self._runner = runner
        self._runs = -1
        self.begin()

    def begin(self) -> None:
        """Note that a run starts now."""
        self._runs += 1
        self._planned = _planned_s(self._environment, first=self._runs == 1)
        self._began = monotonic()
        self._lasted: float | None = None
        self._who = ""
        self._excused = False
        INTERRUPTS.asked = False

    def excuse(self) -> None:
        """Note that a threshold ends it: that is what was asked for."""
        self._excused = True

    def quitting(self) -> None:
        """Note that Locust exits: before its test is over only where something tells the process.

        Time that is up, a shape and a locustfile's own code end the test first.
        """
        if self._runner.state in (STATE_SPAWNING, STATE_RUNNING):
            self._who = "Locust's process was told to end"

    def stopping(self) -> None:
        """Note that the test is being stopped: how long its users take is no part of its time."""
        self._lasted = monotonic() - self._began
        if INTERRUPTS.asked:
            self._who = "Locust's process was told to end"
        elif isinstance(self._runner, MasterRunner) and not self._runner.worker_count:
            self._who = "all workers were gone"

    def cut_short(self) -> dict[str, Field]:
        """Return the fields of a `cut_short`, where the run that is over was ended early."""
        ran = monotonic() - self._began if self._lasted is None else self._lasted
        if self._excused or not self._planned or ran >= _NEARLY * self._planned - 1:
            return {}
        times = f"{lasted(ran)} of {lasted(self._planned)}"
        fields: dict[str, Field] = {"message": f"{self._who or 'it was ended'} after {times}"}
        # Who stops a test by hand, or by code of their own, meant it.
        if self._who and ran < _HALF * self._planned:
            fields["subject"] = schema.UNDELIVERED
        return fields


def _planned_s(environment: Environment, *, first: bool) -> float | None:
    """Return how many seconds a test that starts now is to last, if anybody said so."""
    shape, options = environment.shape_class, environment.parsed_options
    if shape is not None:
        if length := _length_of(getattr_static(shape, "stages", ())):
            return length
        if not shape.use_common_options:
            return None
    run_time = getattr(options, "run_time", None)
    if not isinstance(run_time, int | float):
        return None
    # What somebody typed on the page stays in the options, and the next test has no such timer.
    page = environment.web_ui
    timed = page is None or shape is not None or getattr(page, "_run_time_greenlet", None)
    return run_time if timed or (first and getattr(options, "autostart", False)) else None


def _length_of(stages: object) -> float:
    """Return the seconds of `load.Stages`; others' stages are of other kinds, and tell none."""
    try:
        return float(sum(one.seconds for one in stages))  # type: ignore[attr-defined]
    except (AttributeError, TypeError):
        return 0
