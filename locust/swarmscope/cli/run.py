"""``swarmscope run``: a test without a browser, by a running master; its page shows it as ever.

Exit codes: 0 fine, 1 more requests failed than may, or a threshold is broken, 2 wrong usage, 3 no
request was answered, 4 the store or the master can't be reached, 5 data is missing, or of a
threshold nobody can tell, 130 ended at once by a second Ctrl-C.
Failed requests come first: that they failed is known, whatever else is missing.
"""

import os
import re
import time
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._store import Data, Keeper, Url, keep, kept_store
from swarmscope.cli._verdict import keep_verdict
from swarmscope.errors import ConfigurationError, ExitCode, NoDataError
from swarmscope.gate.judgement import judge
from swarmscope.gate.kept import lines_of
from swarmscope.gate.table import table
from swarmscope.gate.thresholds_file import Thresholds, read_file
from swarmscope.gate.verdict import RunVerdict
from swarmscope.report.outcome import outcome_of, share_in
from swarmscope.report.summary import summary
from swarmscope.runs.audit import audit_when_settled
from swarmscope.runs.doubts import Shortfall
from swarmscope.settings import values
from swarmscope.settings.targets import own_loopback
from swarmscope.signals import Signals
from swarmscope.terminal import one_line
from swarmscope.webui.load_test import LoadTest, Order
from swarmscope.webui.login import Credentials
from swarmscope.webui.master import Master
from swarmscope.webui.results import save, writable

MASTER = "http://page-of-locust:8089"
"""Its name in the one network of the stack where it has the page."""
SETTLING_S = 60
"""How long data may be on its way after the end."""
_REPORTS_S = 3.5
"""Workers tell the master of their last requests within three seconds."""
_SPAN = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")


def seconds(text: str | int) -> int:
    """Return the seconds of a time as Locust writes it: 90, 90s, 2m, 1h30m."""
    match = _SPAN.fullmatch(str(text))  # an option's default comes through here, too
    if not match or not text:
        raise typer.BadParameter(f"{text!r} isn't a time like 90, 90s, 2m or 1h30m")
    hours, minutes, rest = (int(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + rest


def _ratio(text: str | Fraction) -> Fraction:
    try:
        return text if isinstance(text, Fraction) else share_in(text)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Results = Annotated[Path, typer.Option(help="folder for Locust's files, one inside for each run")]
Rate = Annotated[
    float | None,
    typer.Option(min=0.001, help="users started per second", show_default="all of them at once"),
]
Duration = Annotated[
    int | None,
    typer.Option(
        "--time",
        parser=seconds,
        metavar="TIME",
        help="how long: 90, 90s, 2m, 1h30m",
        show_default="until Ctrl-C",
    ),
]


def run(
    users: Annotated[int, typer.Option(min=1, help="how many users to run")],
    results: Results = Path("results"),
    master: Annotated[str, typer.Option(help="Locust's web UI")] = MASTER,
    *,
    rate: Rate = None,
    duration: Duration = None,
    host: Annotated[
        str | None,
        typer.Option(help="the target", show_default="the master's own, or the locustfile's"),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="a short name for the run, as Locust's page takes it")
    ] = None,
    description: Annotated[str | None, typer.Option(help="what is tested, and why")] = None,
    workers: Annotated[int, typer.Option(min=1, help="start when so many workers are ready")] = 1,
    wait: Annotated[
        int,
        typer.Option(parser=seconds, metavar="TIME", help="how long to wait for them"),
    ] = 60,
    may_fail: Annotated[
        Fraction,
        typer.Option(
            "--max-fail-ratio",
            parser=_ratio,
            metavar="SHARE",
            help="exit with 0 although so many requests failed: 1% or 0.01",
            show_default="none",
        ),
    ] = Fraction(0),
    thresholds: Annotated[
        Path | None,
        typer.Option(help="a YAML file with what must hold: the exit code is the verdict's then"),
    ] = None,
    url: Url = None,
    data: Data = None,
) -> None:
    """Run a test by a master that runs already: its page shows it, and others may stop it there."""
    if duration == 0:
        raise typer.BadParameter("--time must be more than 0")
    wanted = read_file(thresholds) if thresholds else None
    if wanted and may_fail:
        raise typer.BadParameter("--max-fail-ratio and --thresholds both say how many may fail")
    order = Order(users, rate, duration, host, label, description, workers, wait, _run_id())
    folder = writable(results)
    page = Master(master, Credentials.from_env(os.environ))
    if (whom := own_loopback(host or "")) and not own_loopback(page.url):
        _say(f"--host is {whom}")
    try:
        with kept_store(url, data) as keeper:
            run_id, undelivered = _measured(page, order, folder)
            told = _Told(may_fail, wanted, undelivered)
            code = _conclude(keeper, run_id, told)
    except KeyboardInterrupt:
        _say(f"Ended at once, as asked. If a test still runs, it is stopped at {page.url}")
        code = ExitCode.INTERRUPTED
    raise typer.Exit(code)


def _run_id() -> str:
    try:
        return values.run_id(os.environ.get("SWARMSCOPE_RUN_ID", "").strip())
    except ValueError as error:
        raise ConfigurationError(
            f"SWARMSCOPE_RUN_ID can't be used: {error}.",
            data="No load was started.",
            remedy="Give another one, or none.",
        ) from error


def _say(line: str) -> None:
    # What the master says may be anybody's, and a line of its own be a command to a CI.
    typer.echo(one_line(line))


def _measured(master: Master, order: Order, results: Path) -> tuple[str, str]:
    """Let *master* run the test, and keep its files in *results*.

    Returns:
        The run's id, and why the load wasn't what was ordered, or nothing.

    """
    with Signals() as signals:
        test = LoadTest(master, order, signals, _say)
        run_id = test.start()
        undelivered = test.follow()
        time.sleep(_REPORTS_S)
        _keep_files(master, run_id, results)
    return run_id, undelivered


def _keep_files(master: Master, run_id: str, results: Path) -> None:
    folder = save(master, run_id, results)
    _say(
        f"Locust's own statistics and report are in {folder}."
        if folder
        else "Another test was started meanwhile: Locust's own files of this one are gone."
    )


@dataclass(frozen=True)
class _Told:
    """What was asked of a run, and why its load wasn't what was ordered, or nothing."""

    may_fail: Fraction = Fraction(0)
    thresholds: Thresholds | None = None
    undelivered: str = ""


def _conclude(keeper: Keeper, run_id: str, told: _Told) -> int:
    reader = keeper.reader
    try:
        found = audit_when_settled(reader, run_id, SETTLING_S)
        summed = summary(reader, run_id)
    except NoDataError:
        _say(
            f"Run {run_id} is not in the store: nothing of it has arrived. What the workers could "
            "not deliver is kept in their spools; `make logs` shows why. "
            f"Exit code {ExitCode.INCONCLUSIVE.value}: nobody can say how the run went."
        )
        return ExitCode.INCONCLUSIVE
    # The exit code doesn't hang on what boards show.
    keep(keeper, found)
    for line in ("", *summed.render().split("\n")):
        _say(line)
    _say(found.sentence())
    if told.thresholds:
        verdict = judge(reader, found, told.thresholds)
        if told.undelivered:
            verdict = replace(verdict, doubts=(Shortfall(told.undelivered), *verdict.doubts))
        kept = partial(lines_of, found=verdict, began=found.began)
        keep_verdict(keeper, kept)
        return _said(verdict)
    code, why = outcome_of(summed, found, told.may_fail, told.undelivered)
    _say(why)
    return code


def _said(verdict: RunVerdict) -> ExitCode:
    """Say what came of each threshold, and return the exit code."""
    for line in ("", *table(verdict), verdict.sentence()):
        _say(line)
    code = verdict.verdict.exit_code
    _say(f"Exit code {code.value}: {verdict.verdict}.")
    return code
