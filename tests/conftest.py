"""What holds for all tests, in whatever way they are started."""

import compileall
import gc
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fixtures.sample import leave_to_later_tests

if TYPE_CHECKING:
    from xdist.remote import Producer

    from tests.fixtures.order import WaitingBesideComputing

# A program started in the background, or by nohup, ignores these, and so do all that it starts: of
# what a test starts, a shell couldn't even set a trap for them.
for _number, _usual in (
    (signal.SIGINT, signal.default_int_handler),
    (signal.SIGHUP, signal.SIG_DFL),
):
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, _usual)

# InfluxDB and Grafana are Go's: tidying up less often, they take a quarter less of the cores.
os.environ.setdefault("GOGC", "400")


@pytest.hookimpl(optionalhook=True)  # there is no such hook with `-p no:xdist`
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: "Producer"
) -> "WaitingBesideComputing | None":
    """Say in which order files are run, unless the command line asks for another way."""
    from tests.fixtures.order import WaitingBesideComputing  # noqa: PLC0415 - it needs xdist

    usual = config.getoption("dist") == "loadfile" and config.getoption("loadscopereorder")
    return WaitingBesideComputing(config, log) if usual else None


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once, where Python was told to keep nothing that it compiled.

    A thousand processes of these tests, which are servers, commands and Locust, would each do it.
    """
    if sys.dont_write_bytecode and not hasattr(config, "workerinput"):
        compileall.compile_dir(Path(__file__).parents[1] / "locust" / "swarmscope", quiet=1)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Keep how it ended beside what failed: `.ci/again.py` tries nothing where tests broke off."""
    cache = session.config.cache
    if cache and not hasattr(session.config, "workerinput"):
        cache.set("swarmscope/ended", int(exitstatus))


@pytest.hookimpl(tryfirst=True)  # before it is chosen by marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the longer tests what is more of the same."""
    leave_to_later_tests(items)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect in a third of the time: each of the processes collects all tests.

    What is collected stays until the end, so that looking for garbage in it is vain; and the
    rewritten modules are kept for the next time.
    """
    keeps_nothing, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        sys.dont_write_bytecode = keeps_nothing
