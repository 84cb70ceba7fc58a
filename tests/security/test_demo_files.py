"""Another user where the demo keeps its files: the store, logs, the shop's goods and the report."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.fixtures.neighbours import (
    ATTACKER,
    give,
    his_file,
    link,
    needs_root,
    pipe,
    second_name,
)
from tests.fixtures.server_process import swarmscope

from swarmscope.demo import applog
from swarmscope.demo.goods import build
from swarmscope.demo.processes import Family, environment
from swarmscope.errors import ConfigurationError, ExitCode


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "precious"
    path.write_text("mine")
    return path


TRAPS = [link, second_name, pipe, pytest.param(his_file, marks=needs_root)]


@pytest.mark.long
@pytest.mark.long_sample(3)
@needs_root
@pytest.mark.parametrize("folder", [".swarmscope", ".swarmscope/logs", ".swarmscope/demo"])
def test_a_folder_that_somebody_else_made_is_not_used(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir(parents=True)
    give(tmp_path / folder, ATTACKER).chmod(0o777)
    done = swarmscope("demo", "--duration", "5", cwd=tmp_path)
    assert done.returncode in (ExitCode.WRONG_USAGE, ExitCode.STORE_UNREACHABLE)
    said = " ".join(done.stderr.split())
    assert f"{folder} can't be used: it was made by another user" in said
    assert "with --data" in said
    assert not list((tmp_path / folder).iterdir())


def test_folders_that_others_could_once_write_to_are_closed(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    logs.chmod(0o777)
    with Family(logs, environment({})):
        assert logs.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("trap", TRAPS)
def test_a_log_is_written_to_no_other_file(
    tmp_path: Path, mine: Path, trap: Callable[[Path, Path], None]
) -> None:
    """It was emptied first."""
    (tmp_path / "logs").mkdir(0o700)
    trap(tmp_path / "logs" / "shop.log", mine)
    with Family(tmp_path / "logs", environment({})) as family:
        with pytest.raises(ConfigurationError, match=r"shop\.log can't be written: ") as caught:
            family.start("shop", "swarmscope.demo.shop:main", "--help")
        assert family.children == []
    assert "with --data" in str(caught.value)
    assert mine.read_text() == "mine"


@pytest.mark.parametrize("trap", TRAPS)
def test_nor_is_the_shop_s_own(
    tmp_path: Path, mine: Path, trap: Callable[[Path, Path], None]
) -> None:
    trap(tmp_path / "shop.app.log", mine)
    with (
        pytest.raises(OSError, match=r"it |No such device"),
        applog.writer(tmp_path / "shop.app.log"),
    ):
        pass
    assert mine.read_text() == "mine"


def test_the_shop_s_log_can_be_read_by_what_ships_it(tmp_path: Path) -> None:
    """In the stack that is Telegraf, another user; also when it begins anew."""
    before = os.umask(0o022)
    try:
        with applog.writer(tmp_path / "shop.app.log", max_bytes=100) as write:
            for _ in range(3):
                write("info", "GET / 200", 200, 1.0)
    finally:
        os.umask(before)
    files = {one.name: one.stat().st_mode & 0o777 for one in tmp_path.iterdir()}
    assert files == {"shop.app.log": 0o644, "shop.app.log.1": 0o644}


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_the_shop_s_goods_are_written_to_no_other_file(
    tmp_path: Path, mine: Path, suffix: str
) -> None:
    (tmp_path / f"shop.db{suffix}").symlink_to(mine)
    build(tmp_path / "shop.db")
    assert mine.read_text() == "mine"
