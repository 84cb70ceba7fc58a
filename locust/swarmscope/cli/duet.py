"""``swarmscope duet``: two versions of a service under the same load, in the same seconds.

Exit codes: 0 B is the same as A, or better, 1 worse, 2 wrong usage, 3 the run is no duet, 4 the
store can't be reached, 5 nobody can tell.
"""

import shlex
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from swarmscope.cli import _duet
from swarmscope.cli._answers import STDOUT, Markdown, asked_for, tell
from swarmscope.cli._duet import Order
from swarmscope.cli._part import warm_up_of
from swarmscope.cli._share import share
from swarmscope.cli._store import Data, Json, Run, Url, Wait, keep, kept_store, settled, store
from swarmscope.cli._verdict import keep_verdict
from swarmscope.cli.run import seconds
from swarmscope.duets.kept import lines_of
from swarmscope.duets.verdict import DuetVerdict, Wanted, judge_duet
from swarmscope.duets.words import markdown, table
from swarmscope.errors import ConfigurationError
from swarmscope.settings.targets import doubt_of

_NOTHING = "Nothing was judged."
MODES = ("requests", "users")

Locustfile = Annotated[
    str | None, typer.Option("-f", "--locustfile", metavar="FILE", help="play this locustfile")
]
SideA = Annotated[str, typer.Option("--a", metavar="URL", help="the version that is known")]
SideB = Annotated[str, typer.Option("--b", metavar="URL", help="the version that is new")]
Users = Annotated[int, typer.Option("--users", "-u", min=1, help="how many users to run")]
Duration = Annotated[
    int,
    typer.Option("--run-time", "-t", parser=seconds, metavar="TIME", help="how long: 90s, 2m"),
]
Mode = Annotated[
    str,
    typer.Option(
        help="requests: each goes to both, in random order; users: every other user asks B",
    ),
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="processes of Locust's")]
Margin = Annotated[str, typer.Option(help="a change of a time by less doesn't matter")]
Confidence = Annotated[
    float, typer.Option(min=0.5, max=0.999, help="how rarely two equal versions may differ")
]
Locust = Annotated[str, typer.Option(metavar="OPTIONS", help="more for Locust: '--tags browse'")]


def duet(  # noqa: PLR0917 - typer's options
    run: Run = None,
    locustfile: Locustfile = None,
    a: SideA = "",
    b: SideB = "",
    users: Users = 10,
    run_time: Duration = 120,
    mode: Mode = "requests",
    seed: Annotated[
        int, typer.Option(min=0, help="of the random order", show_default="a new one")
    ] = 0,
    rate: Annotated[
        float | None, typer.Option(min=0.001, help="users a second", show_default="all at once")
    ] = None,
    workers: Workers = 1,
    locust: Locust = "",
    margin: Margin = "5%",
    confidence: Confidence = 0.95,
    warm_up: Annotated[str, typer.Option(metavar="TIME", help="left out of its begin: 10s")] = "",
    generators: Annotated[
        bool,
        typer.Option(
            "--generators/--no-generators",
            help="whether nobody can tell where a load generator was saturated",
        ),
    ] = True,
    markdown_file: Markdown = None,
    url: Url = None,
    data: Data = None,
    wait: Wait = 60.0,
    as_json: Json = False,
) -> None:
    """Ask two versions of a service the same in the same seconds, and say whether B is worse.

    With -f, --a and --b it plays a locustfile first; without, it judges a run that Locust played
    with the listener and --swarmscope-duet, the newest if none is named.
    """
    wanted = Wanted(
        share("--margin", margin), confidence, warm_up_of(warm_up, _NOTHING), generators
    )
    files = asked_for([(markdown_file, markdown)], as_json=as_json, data=_NOTHING)
    if locustfile is None:
        _refuse_sides(a, b)
        verdict = _judged(run, wanted, url, data, wait)
    else:
        _refuse_run(run)
        sides = (_address("--a", a), _address("--b", b))
        options = tuple(shlex.split(locust))
        order = Order(
            locustfile, *sides, users, run_time, rate, _mode(mode), seed, workers, options
        )
        _duet.check(order)

        def say(line: str) -> None:
            typer.echo(line, err=as_json or markdown_file == STDOUT)

        with _duet.store_for(url, data, say) as (where, folder):
            with store(where, None):
                pass  # who doesn't answer now would have nothing of a load that was played
            played = _duet.play(order, where, folder, say)
            verdict = _judged(played, wanted, where, None, wait)
    raise typer.Exit(tell(verdict, verdict.exit_code, table(verdict), files, as_json=as_json))


def _refuse_sides(a: str, b: str) -> None:
    if a or b:
        raise ConfigurationError(
            "--a and --b are for a locustfile.",
            data="Nothing was started.",
            remedy="Give it with -f; to judge a run that was played, name the run alone.",
        )


def _refuse_run(run: str | None) -> None:
    if run is not None:
        raise ConfigurationError(
            f"Is the run {run!r} to be judged, or a locustfile to be played?",
            data="Nothing was started.",
            remedy="Name the run, or give -f, --a and --b.",
        )


def _judged(
    run: str | None, wanted: Wanted, url: str | None, data: Path | None, wait: float
) -> DuetVerdict:
    with kept_store(url, data) as keeper:
        reader = keeper.reader
        found = settled(reader, run, wait)
        keep(keeper, found)
        verdict = judge_duet(reader, found, wanted)
        if not found.running:
            keep_verdict(keeper, partial(lines_of, found=verdict))
        return verdict


def _address(option: str, text: str) -> str:
    why = doubt_of(text) if text else "missing."
    if why:
        raise ConfigurationError(
            f"{option} is {why}",
            data="Nothing was started.",
            remedy="Give both: --a http://127.0.0.1:8000 --b http://127.0.0.1:8001",
        )
    return text


def _mode(text: str) -> str:
    if text not in MODES:
        raise ConfigurationError(
            f"--mode is {text!r}, and there are {' and '.join(MODES)}.",
            data="Nothing was started.",
            remedy="requests: each goes to both; users: every other user asks B.",
        )
    return text
