"""What runs can be looked at and stopped, whatever the file of settings holds."""

from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

SPOILT = "WORKERS=abc\nLOCUSTFILE=gone.py\nGRAFANA_PORT=x\nRESULTS_DIR=out\nthis is no setting\n"


@pytest.mark.parametrize(
    ("words", "does"),
    [
        (("down",), ("down",)),
        (("status",), ("ps", "--all", "--format", r"table {{.Service}}\t{{.Name}}\t{{.Status}}")),
        (("logs",), ("logs", "--follow", "--tail", "100", "--")),
        (("logs", "SERVICE=grafana"), ("logs", "--follow", "--tail", "100", "--", "grafana")),
        (("cli", "ARGS=runs"), ("run", "--rm", "--no-deps", "cli", "runs")),
    ],
)
def test_compose_is_not_asked_to_read_it(
    tmp_path: Path, words: tuple[str, ...], does: tuple[str, ...]
) -> None:
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env").write_text(SPOILT)
    done = alone.run(*words, "NAME=")
    assert done.returncode == 0, done.stderr
    last = alone.calls()[-1]
    assert last.arguments[:5] == ("compose", "--env-file", "/dev/null", "--profile", "*")
    assert last.env["COMPOSE_PROJECT_NAME"] == "swarmscope"
    assert last.arguments[-len(does) :] == does
    if "cli" in words:
        assert last.env["RESULTS_DIR"] == "out"
        assert "WORKERS" not in last.env


UNREADABLE = "SECRETS_DIR=$HOME/s\nthis is no setting\n"


@pytest.mark.parametrize("words", [("down",), ("status",), ("logs",)], ids=" ".join)
def test_nor_is_compose_where_it_could_not_read_it_either(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    alone = MakeAlone(tmp_path, {"config --environment": ("", 1)})
    (alone.folder / ".env").write_text(UNREADABLE)
    done = alone.run(*words, "NAME=")
    assert done.returncode == 0, done.stderr
    asked = {"status": "ps"}.get(words[0], words[0])
    assert [c for c in alone.calls() if asked in c.arguments and "/dev/null" in c.arguments]
    assert ("Where its pages are can't be told" in done.stderr) == (words == ("status",))


@pytest.mark.parametrize("words", [("down",), ("status",), ("logs",)], ids=" ".join)
def test_where_nobody_knows_which_stack_is_meant_none_is_said_to_be_down(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    alone = MakeAlone(tmp_path, {"config --environment": ("", 1)})
    (alone.folder / ".env").write_text("COMPOSE_PROJECT_NAME=$X\n")
    done = alone.run(*words, "NAME=")
    assert done.returncode == 2
    assert "What COMPOSE_PROJECT_NAME is in .env can't be told" in done.stderr
    assert "isn't up" not in done.stderr


def test_a_service_that_there_isn_t_is_said_with_those_there_are(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("logs", "SERVICE=locust-wroker")
    assert done.returncode == 2
    assert "SERVICE is locust-wroker, and the stack has none of that name." in done.stderr
    assert "    grafana locust-master locust-worker" in done.stderr
    assert not [c for c in alone.calls() if "logs" in c.arguments]


@pytest.mark.parametrize("target", ["status", "logs"])
def test_a_stack_that_isn_t_up_is_said_with_how_it_is_started(tmp_path: Path, target: str) -> None:
    alone = MakeAlone(tmp_path, {"compose.oneoff=False": ("", 0)})
    done = alone.run(target)
    assert "The stack isn't up" in done.stderr
    assert "`make up` starts it" in done.stderr


def test_the_stack_is_the_one_that_the_settings_name(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env").write_text("COMPOSE_PROJECT_NAME=ours\nWORKERS=abc\n")
    assert alone.run("down").returncode == 0
    assert alone.calls()[-1].env["COMPOSE_PROJECT_NAME"] == "ours"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ("", "Target   the demo shop"),
        ("FAULT=cliff:8\n", "Fault    the shop was started with cliff:8; make shop says"),
        ("LOCUST_HOST=https://ada:s3cret@staging.example\n", ""),
    ],
)
def test_what_is_tested_is_said_where_it_may_surprise(
    tmp_path: Path, settings: str, says: str
) -> None:
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env").write_text(settings)
    told = alone.run("status").stdout
    assert says in told
    assert ("Target" in told) == bool(says)
    assert "s3cret" not in told
