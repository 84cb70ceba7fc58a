"""What a master has to say of its runs by thresholds: nothing, unless it knows some."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.recording.reports import Report
from swarmscope.settings import Settings
from swarmscope.settings.environment import UnusableError
from swarmscope.settings.settings import EXIT_CODE

if TYPE_CHECKING:
    from swarmscope.gate.verdict import RunVerdict
    from swarmscope.runs.audit import Audit
    from swarmscope.store.question import Reader

log = logging.getLogger(__name__)

WHOLE: Mapping[str, Any] = {}
_NOTHING = "Nothing was requested or recorded."


class NoVerdictError(ConfigurationError):
    """There would be no verdict as it was asked for, and nobody is there to mend that."""


class Verdicts:
    """Judges nothing: of these runs nobody said what must hold."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def begin(self, run: str, tags: Mapping[str, str], began_ns: int) -> None:
        """Judge *run* from now on, by what the file says now."""

    def expect(self, run: str, present: Mapping[str, str]) -> None:
        """Note that clients take part that have these names, and none else does any more."""

    def order(self, run: str, at_ns: int, fields: Mapping[str, Any]) -> None:
        """Note the fields of a `step`."""

    def move(self, run: str, at_ns: int) -> None:
        """Note that workers come or go."""

    def users(self, run: str, second: int, count: int) -> None:
        """Note how many users run."""

    def stop(self, run: str, at_ns: int, cut: Mapping[str, Any] = WHOLE) -> None:
        """Note that *run* is over; *cut* has the fields of a `cut_short`, where it ended early."""

    def hear(self, client_id: str, report: Report) -> None:
        """Take what a client reports of its run."""

    def look(self, run: str, now: float) -> tuple[str, str] | None:
        """Judge *run*, the newest, as it is *now*, and conclude those that are over.

        Return the threshold because of which it is to be ended, and how that is broken.
        """
        del run, now
        return None

    def conclude(self) -> None:
        """Say what the runs that are over came to, and have it written: nothing comes any more."""

    def audited(self, reader: "Reader", found: "Audit") -> "RunVerdict | None":
        """Return what an audit *found* to doubt, and of thresholds what only the store tells.

        None: it isn't over, or not judged. Blocks.
        """
        del reader, found
        return None

    def take(self, audited: "RunVerdict") -> None:
        """Take what an audit found; what was concluded is concluded anew."""

    def exit_code(self, run: str) -> int | None:
        """Return what the process should end with after *run*; None: whatever Locust says.

        It was begun, and is over: without a verdict, as where judging it broke down, nobody can
        tell whether it passed.
        """
        if not self._settings.exit_code:
            return None
        log.error(
            "Run %s has no verdict, and SWARMSCOPE_EXIT_CODE is on: the exit code is %d, because "
            "nobody can tell whether it passed. What came in the way is in the log above; "
            "`swarmscope check` judges what is stored of it.",
            run,
            ExitCode.INCONCLUSIVE,
        )
        return int(ExitCode.INCONCLUSIVE)


def verdicts_of(settings: Settings, keep: Callable[[str, list[str]], None]) -> Verdicts:
    """Return who judges the runs of a master; *keep* has points of a run written."""
    if settings.thresholds is None:
        return Verdicts(settings)
    from swarmscope.agent.live_verdicts import LiveVerdicts  # noqa: PLC0415 - workers need none

    return LiveVerdicts(settings, keep)


def refuse_mistyped(errors: Iterable[ConfigurationError]) -> None:
    """Let no test begin without a page where a setting of these *errors* was to fail a build.

    Raises:
        NoVerdictError: one was.

    """
    for error in errors:
        if isinstance(error, UnusableError) and error.env == EXIT_CODE:
            raise NoVerdictError(
                f"{error.happened} Whether the exit code is to be the verdict's nobody can tell, "
                "and the test doesn't start.",
                data=_NOTHING,
                remedy=f"Set {EXIT_CODE} to on or off.",
            )


def look_at_thresholds(settings: Settings, *, headless: bool) -> None:
    """Say at the start what is wrong with the file of thresholds, if there is one.

    Raises:
        NoVerdictError: it can't be used, or the exit code hangs on it and none is named; and
            nobody can mend it before the test begins.

    """
    if settings.thresholds is None:
        if settings.exit_code:
            _refuse_unnamed(headless=headless)
        return
    from swarmscope.gate.thresholds_file import read_file  # noqa: PLC0415 - as above

    try:
        read_file(settings.thresholds)
    except ConfigurationError as error:
        if headless:
            raise NoVerdictError(
                "SWARMSCOPE_THRESHOLDS can't be used, and the test doesn't start. "
                f"{error.happened}",
                data=_NOTHING,
                remedy=error.remedy,
            ) from error
        log.error(  # noqa: TRY400 - it is the file that is wrong
            "SWARMSCOPE_THRESHOLDS can't be used. %s Runs are recorded meanwhile, and none is "
            "judged; the file is read again when one starts.",
            error,
        )


def _refuse_unnamed(*, headless: bool) -> None:
    """Say that the exit code is to be a verdict, and nobody says what must hold."""
    unnamed = "SWARMSCOPE_EXIT_CODE is on, and SWARMSCOPE_THRESHOLDS names no file"
    remedy = "Name the file of thresholds, or leave SWARMSCOPE_EXIT_CODE off."
    if headless:
        raise NoVerdictError(
            f"{unnamed}: there would be no verdict to end with, and the test doesn't start.",
            data=_NOTHING,
            remedy=remedy,
        )
    log.error(
        "%s: runs are recorded, none is judged, and the exit code after one is %d, because nobody "
        "can tell whether it passed. %s",
        unnamed,
        ExitCode.INCONCLUSIVE,
        remedy,
    )
