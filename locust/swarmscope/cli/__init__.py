"""The command ``swarmscope``: one file here for each of its subcommands.

A subcommand's file defines one function with typer's annotations, which is made a command below.
"""

import sys

try:
    import typer
except ImportError:  # a worker's installation: the listener needs none of this
    sys.exit(
        "The command line of swarmscope isn't installed here (a worker doesn't need it). "
        "Install it with: pip install 'swarmscope[cli]'"
    )

from swarmscope import terminal
from swarmscope.cli._plain import plain
from swarmscope.cli.annotate import annotate
from swarmscope.cli.audit import audit
from swarmscope.cli.buckets import buckets
from swarmscope.cli.collect import collect
from swarmscope.cli.dashboards import dashboards
from swarmscope.cli.delete import delete
from swarmscope.cli.demo import demo
from swarmscope.cli.doctor import doctor
from swarmscope.cli.export import export
from swarmscope.cli.report import report
from swarmscope.cli.run import run
from swarmscope.cli.runs import runs
from swarmscope.cli.serve import serve
from swarmscope.cli.summarise import summarise
from swarmscope.errors import SwarmscopeError

app = typer.Typer(
    name="swarmscope",
    help="Load-test results and the machines' own metrics on one time axis.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keep typer from merging a lone subcommand into the root."""


for command in (
    annotate,
    audit,
    collect,
    delete,
    demo,
    doctor,
    export,
    report,
    run,
    runs,
    serve,
    summarise,
):
    app.command()(plain(command))
app.add_typer(buckets, name="buckets")
app.add_typer(dashboards, name="dashboards")


def main() -> None:
    """Run the command; an error a user can meet becomes one message and its exit code."""
    try:
        app()
    except SwarmscopeError as error:
        terminal.guard()
        typer.echo(f"swarmscope: {error}", err=True)
        sys.exit(error.exit_code)
