"""``swarmscope trend``: where the level of a test changed over its runs, for people and for builds.

Exit codes: 0 no change for the worse stands at the end of the history, 1 a change for the worse
stands: the level isn't back where it was before it, 2 wrong usage, 3 no run, 4 the store can't be
reached, 5 too few runs, or requests, or newest runs that can't be judged.
"""

from typing import Annotated

import typer

from swarmscope.cli._answers import Markdown, asked_for, tell
from swarmscope.cli._share import share
from swarmscope.cli._store import Data, Json, Url, configured, store
from swarmscope.trend.levels import FEWEST
from swarmscope.trend.markdown import markdown
from swarmscope.trend.reading import Wish, trend_of
from swarmscope.trend.table import table


def trend(  # noqa: PLR0917 - typer's options
    test: Annotated[
        str, typer.Argument(help="its name", show_default="that of the newest run")
    ] = "",
    environment: Annotated[
        str, typer.Option(help="where it was made", show_default="as the newest run")
    ] = "",
    endpoint: Annotated[
        list[str] | None,
        typer.Option(help="also of this one: '/items', 'GET /items'; as often as wanted"),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="also of every endpoint")] = False,
    margin: Annotated[str, typer.Option(help="a change of less doesn't matter")] = "5%",
    limit: Annotated[int, typer.Option(min=FEWEST, help="of so many runs, the newest")] = 200,
    any_locustfile: Annotated[
        bool, typer.Option("--any-locustfile", help="also across changes of the test itself")
    ] = False,
    markdown_file: Markdown = None,
    url: Url = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Find where a test's level changed, run after run; exits with 1 if it is worse now.

    Each change with the first run and commit on the new level; one for the worse stands until the
    level is back where it was. Runs that are incomplete or doubtful are left out, and if the newest
    is, nobody can tell; those made otherwise are another history.
    """
    files = asked_for([(markdown_file, markdown)], as_json=as_json, data="Nothing was looked at.")
    wish = Wish(
        test,
        environment,
        tuple(endpoint or ()),
        each,
        share("--margin", margin),
        limit,
        any_locustfile,
    )
    with store(url, data) as reader:
        found = trend_of(reader, configured(url).bucket_long, wish)
    raise typer.Exit(tell(found, found.exit_code, table(found), files, as_json=as_json))
