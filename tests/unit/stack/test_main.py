"""The jobs that the stack's containers call by name."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from swarmscope.errors import ExitCode
from swarmscope.stack import __main__ as jobs

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("name", jobs.JOBS)
def test_each_job_is_a_module_of_its_room(name: str):
    assert callable(import_module(f"swarmscope.{jobs.JOBS[name]}.{name}").main)


def test_each_job_that_a_container_calls_is_there():
    files = (ROOT / "docker-compose.yml").read_text() + (ROOT / "locust/Dockerfile").read_text()
    called = set(re.findall(r'swarmscope\.stack"?, "?(\w+)', files))
    assert called == jobs.JOBS.keys()


@pytest.mark.parametrize("arguments", [[], ["brew"]])
def test_who_calls_for_another_job_is_told_which_there_are(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
):
    assert jobs.main(arguments) == ExitCode.WRONG_USAGE
    assert capsys.readouterr().err.startswith("Say which job: archive, bootstrap, ")


def test_a_job_that_fails_says_why_in_one_line_and_has_its_errors_exit_code(
    capsys: pytest.CaptureFixture[str],
):
    assert jobs.main(["health", "brew"]) == ExitCode.WRONG_USAGE
    assert capsys.readouterr().err.startswith("A health check is of ")
