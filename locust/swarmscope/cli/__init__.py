"""The command ``swarmscope``: one file here for each of its subcommands.

A subcommand's file defines one function of its name with typer's annotations, which is made a
command below, or a group of them. It is imported when its command is called: all of them together
take longer than most of the commands.
"""

import sys
from importlib import import_module
from typing import Any

try:
    import typer
except ImportError:  # a worker's installation: the listener needs none of this
    sys.exit(
        "The command line of swarmscope isn't installed here (a worker doesn't need it). "
        "Install it with: pip install 'swarmscope[cli]'"
    )

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from swarmscope import terminal
from swarmscope.cli._plain import plain
from swarmscope.errors import SwarmscopeError

COMMANDS = {
    "annotate": "Record an event, and mark it in Grafana where one is named.",
    "audit": "Reconcile what the workers saw with what is stored; exits with 0 when it is "
    "complete.",
    "buckets": "The buckets that workers write to.",
    "collect": "Take log records and requests of all workers over ZeroMQ into a file and the "
    "store.",
    "dashboards": "Build, check and publish the boards.",
    "delete": "Delete all that the store has of these runs, from both buckets.",
    "demo": "Run a demo shop, a step load on it and the store; show all of it on one live page.",
    "doctor": "Look at settings, store, clock, token, spool and installation, and say what to do.",
    "export": "Write all points of a run, and the hosts' metrics of that time, to files.",
    "init": "Write a starter folder for a test of your own: locustfile, settings, workflow.",
    "report": "Write a run's page into one HTML file, which needs no server and no network, and "
    "sum it up.",
    "run": "Run a test by a master that runs already: its page shows it, and others may stop it "
    "there.",
    "runs": "List the runs that a store holds, with the numbers of all or of a part of each.",
    "serve": "Keep what is written in a DuckDB file, and show it on a live page.",
    "summarise": "Write a run's summaries anew, from its workers' own points.",
}
"""Each command, and the first paragraph of its own help: ``swarmscope --help`` lists them."""


class _Commands(TyperGroup):
    """The commands as they are listed; the one that is called is made then, from its own file."""

    def __init__(self, **settings: Any) -> None:
        settings["commands"] = [TyperCommand(name, help=told) for name, told in COMMANDS.items()]
        super().__init__(**settings)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that *args* begin with, and what is left of them."""
        name, listed, left = super().resolve_command(ctx, args)
        return name, command(listed.name) if listed and listed.name else None, left


def command(name: str) -> Any:
    """Return the command called *name*, one of `COMMANDS`, from its own file."""
    made = getattr(import_module(f"{__name__}.{name}"), name)
    alone = typer.Typer()
    if isinstance(made, typer.Typer):
        alone.add_typer(made, name=name)
    else:
        alone.command()(plain(made))
    return get_group(alone).commands[name]


app = typer.Typer(
    name="swarmscope",
    cls=_Commands,
    help="Load-test results and the machines' own metrics on one time axis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keep typer from taking an app without a command of its own for none."""


def main() -> None:
    """Run the command; an error a user can meet becomes one message and its exit code."""
    try:
        app()
    except SwarmscopeError as error:
        terminal.guard()
        typer.echo(f"swarmscope: {error}", err=True)
        sys.exit(error.exit_code)
