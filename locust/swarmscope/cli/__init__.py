"""The command ``swarmscope``: one file here for each of its subcommands.

A subcommand's file defines one function of its name with typer's annotations, which is made a
command below, or a group of them. It is imported when its command is called: all of them together
take longer than most of the commands.
"""

import sys
from importlib import import_module
from traceback import format_exc
from typing import Annotated, Any

try:
    import typer
except ImportError:  # a worker's installation: the listener needs none of this
    sys.exit(
        "The command line of swarmscope isn't installed here (a worker doesn't need it). "
        "Install it from a clone: pip install '/path/to/swarmscope[cli]'"
    )

from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from swarmscope import terminal
from swarmscope.cli._plain import plain
from swarmscope.errors import ExitCode, SwarmscopeError

COMMANDS = {
    "annotate": "Record an event, and mark it in Grafana where one is named.",
    "audit": "Reconcile what the workers saw with what is stored; exits with 0 when it is "
    "complete.",
    "baseline": "Keep runs, to compare others with.",
    "buckets": "The buckets that workers write to.",
    "check": "Hold a run against its thresholds; exits with 0 when it passed.",
    "collect": "Take log records and requests of all workers over ZeroMQ into a file and the "
    "store.",
    "compare": "Compare runs, endpoint by endpoint; exits with 0 when nothing is worse.",
    "dashboards": "Build, check and publish the boards.",
    "delete": "Delete all that the store has of these runs, from both buckets.",
    "demo": "Run a demo shop, a step load on it and the store; show all of it on one live page.",
    "doctor": "Look at settings, store, clock, token, spool and installation, and say what to do.",
    "duet": "Ask two versions of a service the same in the same seconds, and say whether B is "
    "worse.",
    "export": "Write all points of a run, and the hosts' metrics of that time, to files.",
    "init": "Write a starter folder for a test of your own: locustfile, settings, workflow.",
    "report": "Write a run's page into one HTML file, which needs no server and no network, and "
    "sum it up.",
    "run": "Run a test by a master that runs already: its page shows it, and others may stop it "
    "there.",
    "runs": "List the runs that a store holds, with the numbers of all or of a part of each.",
    "serve": "Keep what is written in a DuckDB file, and show it on a live page.",
    "summarise": "Write a run's summaries anew, from its workers' own points.",
    "trend": "Find where a test's level changed, run after run; exits with 1 if it is worse now.",
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

    def invoke(self, ctx: Any) -> Any:
        """Run the command that is called; Ctrl-C is none of the codes that say how a run went."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, typer.Abort):
            typer.echo("\nEnded, as asked.", err=True)
            raise typer.Exit(ExitCode.INTERRUPTED) from None


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


def _tell_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - no other command needs it

        typer.echo(f"swarmscope {version('swarmscope')}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    _: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Say which version this is."
        ),
    ] = False,
) -> None:
    """Keep typer from taking an app without a command of its own for none."""


def main() -> None:
    """Run the command; an error a user can meet becomes one message and its exit code.

    Any other error is ours. Python would end with 1 then, which says that a run broke a threshold.
    """
    try:
        app()
    except SystemExit as ended:
        sys.exit(ended.code or _unread())
    except SwarmscopeError as error:
        terminal.guard()
        typer.echo(f"swarmscope: {error}", err=True)
        sys.exit(error.exit_code)
    except Exception:  # noqa: BLE001 - whatever it is, it is told, and ends the command
        terminal.guard()
        typer.echo(f"{format_exc()}\nswarmscope: This is an error of swarmscope's own.", err=True)
        sys.exit(ExitCode.OWN_FAULT)


def _unread() -> ExitCode:
    """Return what a command ends with that would be fine, had what it said reached anybody."""
    error = terminal.lost()
    if error is None:
        return ExitCode.FINE
    typer.echo(f"swarmscope: What it printed can't be written ({error.strerror}).", err=True)
    return ExitCode.WRONG_USAGE
