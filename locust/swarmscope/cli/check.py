"""``swarmscope check``: whether a run keeps its thresholds, for people and for builds.

Exit codes: 0 passed, also with a warning, 1 failed, 2 wrong usage, 3 no such run, 4 the store can't
be reached, 5 inconclusive, as a run without a request is.
"""

import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli._answers import Markdown, asked_for, tell
from swarmscope.cli._confirm import Confirm, confirmed
from swarmscope.cli._store import Data, Json, Run, Url, Wait, keep, kept_store, settled
from swarmscope.cli._verdict import keep_verdict
from swarmscope.errors import ConfigurationError
from swarmscope.gate import github
from swarmscope.gate.chats import slack, teams
from swarmscope.gate.code_quality import code_quality
from swarmscope.gate.csv_evaluation import judge_csv
from swarmscope.gate.judgement import judge
from swarmscope.gate.junit import junit
from swarmscope.gate.kept import lines_of
from swarmscope.gate.locust_csv import statistics
from swarmscope.gate.markdown import markdown
from swarmscope.gate.open_metrics import open_metrics
from swarmscope.gate.table import table
from swarmscope.gate.thresholds_file import Thresholds, given, read_file
from swarmscope.gate.verdict import RunVerdict

Must = Annotated[
    list[str] | None,
    typer.Option(metavar="SENTENCE", help="what must hold: 'p95 < 300ms'; as often as wanted"),
]
Should = Annotated[
    list[str] | None,
    typer.Option(metavar="SENTENCE", help="what should hold: if it doesn't, the run passes"),
]
WarmUp = Annotated[str, typer.Option(metavar="TIME", help="how much of its begin is left out: 30s")]
Generators = Annotated[
    bool,
    typer.Option(
        "--generators/--no-generators",
        help="whether a run whose load generators were saturated is inconclusive",
    ),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="a case for each, as JUnit XML")
]
Gitlab = Annotated[
    Path | None,
    typer.Option("--gitlab", metavar="FILE", help="for GitLab's metrics report, as OpenMetrics"),
]
CodeQuality = Annotated[
    Path | None,
    typer.Option(
        "--code-quality",
        metavar="FILE",
        help="for GitLab's code quality report: what isn't kept, at its line of the file",
    ),
]
Slack = Annotated[
    Path | None,
    typer.Option("--slack", metavar="FILE", help="a message for Slack's webhooks; - prints it"),
]
Teams = Annotated[
    Path | None,
    typer.Option("--teams", metavar="FILE", help="a message for Teams' webhooks; - prints it"),
]
Baseline = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="what '+10% of baseline' is held against; runs' ids do as well"
    ),
]
Csv = Annotated[
    Path | None,
    typer.Option(
        "--csv", metavar="FILE", help="Locust's own NAME_stats.csv, in place of a run in a store"
    ),
]

_NOTHING = "Nothing was judged."


def check(  # noqa: PLR0917 - typer's options
    run: Run = None,
    thresholds: Annotated[
        Path | None, typer.Option(help="the YAML file with what must hold of the run")
    ] = None,
    fail: Must = None,
    warn: Should = None,
    warm_up: WarmUp = "",
    generators: Generators = True,
    baseline: Baseline = "",
    confirm: Confirm = "",
    csv_file: Csv = None,
    junit_file: Junit = None,
    markdown_file: Markdown = None,
    gitlab_file: Gitlab = None,
    code_quality_file: CodeQuality = None,
    slack_file: Slack = None,
    teams_file: Teams = None,
    url: Url = None,
    data: Data = None,
    wait: Wait = 60.0,
    as_json: Json = False,
) -> None:
    """Hold a run against its thresholds; exits with 0 when it passed.

    What it comes to is kept in the store, where the list of runs in Grafana shows it.
    """
    wanted = _wanted(thresholds, given(fail or [], warn or [], warm_up))
    wanted = replace(
        wanted,
        generators=wanted.generators and generators,
        baseline=baseline or wanted.baseline,
    )
    files = asked_for(
        (
            (junit_file, junit),
            (markdown_file, markdown),
            (gitlab_file, open_metrics),
            (code_quality_file, partial(code_quality, file=thresholds, env=os.environ)),
            (slack_file, slack),
            (teams_file, teams),
        ),
        as_json=as_json,
        data=_NOTHING,
    )
    if csv_file:
        _refuse_store(run or confirm, url, data)
        verdict = judge_csv(statistics(csv_file), wanted)
    else:
        of_store = partial(_of_store, wanted=wanted, url=url, data=data, wait=wait)
        verdict = confirmed(of_store(run), confirm, of_store, url, data)
    code = tell(verdict, verdict.verdict.exit_code, table(verdict), files, as_json=as_json)
    if not as_json:
        _tell_github(verdict)
    raise typer.Exit(code)


def _of_store(
    run: str | None, wanted: Thresholds, url: str | None, data: Path | None, wait: float
) -> RunVerdict:
    with kept_store(url, data) as keeper:
        reader = keeper.reader
        found = settled(reader, run, wait)
        keep(keeper, found)
        verdict = judge(reader, found, wanted)
        if not found.running:
            kept = partial(lines_of, found=verdict, began=found.began)
            keep_verdict(keeper, kept)
    return verdict


def _refuse_store(run: str | None, url: str | None, data: Path | None) -> None:
    if run or url or data:
        raise ConfigurationError(
            "--csv is a run by itself, and a run of a store is asked for beside it.",
            data=_NOTHING,
            remedy="Give one of the two.",
        )


def _wanted(path: Path | None, typed: Thresholds) -> Thresholds:
    """Return those of the file at *path* and those that were *typed*."""
    from_file = read_file(path) if path else Thresholds(())
    rules = (*from_file.rules, *typed.rules)
    if not rules:
        raise ConfigurationError(
            "There is no threshold.",
            data=_NOTHING,
            remedy="Give a file of them (--thresholds thresholds.yaml), or --fail 'p95 < 300ms'.",
        )
    return replace(from_file, rules=rules, warm_up=typed.warm_up or from_file.warm_up)


def _tell_github(verdict: RunVerdict) -> None:
    if not github.is_there(os.environ):
        return
    try:
        github.append_summary(verdict, os.environ)
    except OSError as error:
        typer.echo(f"swarmscope: the step's summary can't be written ({error.strerror}).", err=True)
    # Past what keeps the signs of a runner from what we print: these are meant for it.
    for line in github.annotations(verdict):
        print(line, file=sys.__stdout__, flush=True)
