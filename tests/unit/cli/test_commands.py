import json
import subprocess
import sys
from pathlib import Path

import pytest

from swarmscope import cli

HEAVY = {"duckdb", "grafana_client", "influxdb_client", "plotly", "starlette", "uvicorn", "zmq"}


def test_the_commands_are_the_files_of_the_room() -> None:
    files = {path.stem for path in Path(cli.__file__).parent.glob("[!_]*.py")}
    assert files == set(cli.COMMANDS)


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_is_listed_with_the_first_paragraph_of_its_own_help(name: str) -> None:
    told = cli.command(name).help
    assert told.partition("\n\n")[0] == cli.COMMANDS[name]


def test_help_lists_the_commands_without_importing_one() -> None:
    assert imported("--help") == set()


@pytest.mark.parametrize("arguments", [["runs", "--help"], ["serv"], ["runs", "--nonsense"]])
def test_a_command_that_is_called_or_mistyped_imports_no_other(arguments: list[str]) -> None:
    assert imported(*arguments) <= {"swarmscope.cli.runs"}


def test_a_list_from_a_server_needs_no_client_of_another_store() -> None:
    """Of a server that doesn't answer nobody knows which kind it is."""
    assert imported("runs", "--url", "http://127.0.0.1:9") == {"swarmscope.cli.runs"}


def imported(*arguments: str) -> set[str]:
    """Return what `swarmscope` with *arguments* imports of commands and of large libraries."""
    code = (
        "import atexit, json, sys; atexit.register(lambda: print(json.dumps([*sys.modules])));"
        "from swarmscope.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    commands = {f"swarmscope.cli.{name}" for name in cli.COMMANDS}
    return modules & (HEAVY | commands)
