"""``swarmscope compare``: whether runs are worse than others, for people and for builds.

Exit codes: 0 no worse, 1 worse, 2 wrong usage, 3 no such run, 4 the store can't be reached, 5
nobody can tell: too few runs, too much noise, or runs that differ in more than the service.
"""

from typing import Annotated

import typer

from swarmscope.cli._answers import Markdown, asked_for, tell
from swarmscope.cli._part import WarmUp, warm_up_of
from swarmscope.cli._share import share
from swarmscope.cli._store import Data, Json, Url, store
from swarmscope.comparison.comparing import Wish, compare_runs
from swarmscope.comparison.markdown import markdown
from swarmscope.comparison.table import table

_NOTHING = "Nothing was compared."
_SIDE = "a run's id, several with commas between them, or the name of a baseline"


def compare(  # noqa: PLR0917 - typer's options
    base: Annotated[str, typer.Argument(help=_SIDE)],
    new: Annotated[str, typer.Argument(help=f"what is held against it: {_SIDE}")],
    margin: Annotated[str, typer.Option(help="a change of less doesn't matter")] = "5%",
    must_see: Annotated[
        str, typer.Option(help="if a change of so much could go unseen, nobody can tell")
    ] = "20%",
    warm_up: WarmUp = "",
    anyway: Annotated[
        bool, typer.Option("--anyway", help="also runs that differ in more than the service")
    ] = False,
    markdown_file: Markdown = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Compare runs, endpoint by endpoint; exits with 0 when nothing is worse.

    The run is the sample: how far runs of one service lie apart is learnt from several, and never
    from the seconds of one.
    """
    files = asked_for([(markdown_file, markdown)], as_json=as_json, data=_NOTHING)
    wish = Wish(
        margin=share("--margin", margin),
        must_see=share("--must-see", must_see),
        warm_up=warm_up_of(warm_up, _NOTHING),
        anyway=anyway,
    )
    with store(url, data) as reader:
        found = compare_runs(reader, base, new, wish)
    raise typer.Exit(tell(found, found.overall.exit_code, table(found), files, as_json=as_json))
