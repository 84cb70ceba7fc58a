"""What the commands that judge a run have in common."""

from collections.abc import Callable

import typer

from swarmscope.cli._store import Keeper
from swarmscope.errors import StoreUnreachableError
from swarmscope.store.question import Reader


def keep_verdict(keeper: Keeper, lines_of: Callable[[Reader], list[str]]) -> None:
    """Keep the verdict on a run that is over where boards read it.

    *lines_of* returns it as points. A token that may only read is no error of the verdict, which
    is said all the same.
    """
    try:
        lines = lines_of(keeper.reader)
        keeper.write(lines, what="the verdict", data="It is not on the boards.")
    except StoreUnreachableError as error:
        typer.echo(f"swarmscope: {error}", err=True)
