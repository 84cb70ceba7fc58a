"""The command itself: what it is made of, and how each error of ours ends it."""

from importlib.metadata import version
from pathlib import Path

import pytest
from tests.fixtures.commands import Command
from tests.fixtures.prepared_server import Said, answering

from swarmscope.cli import COMMANDS
from swarmscope.errors import ExitCode


def test_without_a_word_it_lists_its_commands(command: Command) -> None:
    done = command()
    assert (done.code, done.err) == (ExitCode.WRONG_USAGE, "")
    listed = [line.split()[1] for line in done.out.splitlines() if line.startswith("│ ")]
    assert [word for word in listed if not word.startswith("--")] == sorted(COMMANDS)


def test_it_says_which_version_it_is(command: Command) -> None:
    done = command("--version")
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert done.out == f"swarmscope {version('swarmscope')}\n"


@pytest.mark.parametrize("words", [("--help",), ("run", "--help"), ("buckets", "create", "--help")])
def test_help_is_no_error(command: Command, words: tuple[str, ...]) -> None:
    done = command(*words)
    assert (done.code, done.err) == (ExitCode.FINE, "")
    assert "Usage: swarmscope" in done.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("runs", "--newest"), "No such option: --newest"),
        (("export",), "Missing argument 'run'"),
        (("runs", "--limit", "0"), "'--limit': Input should be greater than or equal to 1"),
        (("export", "r", "--format", "xls"), "'xls' is not one of 'csv', 'parquet'"),
        (("serve", "--port", "70000"), "'--port': Input should be less than or equal to 65535"),
        (("audit", "--wait", "-1"), "'--wait': Input should be greater than or equal to 0"),
    ],
)
def test_what_it_does_not_know_is_wrong_usage(
    command: Command, words: tuple[str, ...], says: str
) -> None:
    done = command(*words)
    assert (done.code, done.out) == (ExitCode.WRONG_USAGE, "")
    assert says in done.err


def test_an_error_is_one_message_of_three_parts_and_its_own_code(
    command: Command, small_store: Path
) -> None:
    absent = command("audit", "nobody", "--data", str(small_store))
    assert (absent.code, absent.out) == (ExitCode.NO_DATA, "")
    assert absent.err.startswith("swarmscope: ")
    assert "`swarmscope runs` lists" in absent.err
    nowhere = command("runs", INFLUXDB_V2_URL="http://127.0.0.1:9")
    assert (nowhere.code, nowhere.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert nowhere.err.count("\n") == 1
    assert nowhere.err.startswith("swarmscope: Nothing answers at http://127.0.0.1:9 (")
    assert nowhere.err.endswith(
        ". Start a store with `swarmscope serve`, or name one with INFLUXDB_V2_URL, --url or "
        "--data.\n"
    )


def test_no_terminal_obeys_what_a_store_says(command: Command) -> None:
    """An error is printed by `main`, when the command itself has ended."""
    health = Said(b'{"name": "swarmscope"}')
    says = Said(b'{"message": "\\u001b[2Jgone"}', 404)
    with answering({"/health": health, "/": says}) as url:
        done = command("runs", "--url", url)
    assert done.code == ExitCode.NO_DATA
    assert done.err.isprintable() is False  # its line end
    assert done.err.strip().isprintable()
    assert "[2Jgone" in done.err


@pytest.mark.parametrize(
    "answer",
    [
        b"#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n"
        b",runtime error: division by zero,897\r\n",
        b"<html>\r\n<body>Please log in</body>\r\n",
    ],
    ids=["an error table", "a page"],
)
def test_an_odd_answer_of_a_store_has_an_exit_code_and_one_message(
    command: Command, answer: bytes
) -> None:
    """Exit code 1 would say that a limit is broken."""
    health = Said(b'{"name": "influxdb", "status": "pass", "version": "2.9.1"}')
    with answering({"/health": health, "/": Said(answer)}) as url:
        done = command("runs", "--url", url)
    assert (done.code, done.out) == (ExitCode.STORE_UNREACHABLE, "")
    assert done.err.startswith("swarmscope: ")
    assert done.err.count("\n") == 1
