"""Values that make is given, by a CI job for example, are texts: nothing in them is run."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

COMMANDS = (
    "$(shell touch pwned)${shell touch pwned}$(eval X:=$(shell touch pwned))",
    "$(touch pwned)`touch pwned`$$(touch pwned)",
    "'; touch pwned; '",
    '"; touch pwned; "',
    "x; touch pwned & touch pwned | touch pwned\ntouch pwned\n\ttouch pwned",
)
VALUES = {
    "up": ("LOCUST_HOST", "SWARMSCOPE_DESCRIPTION", "LOCUSTFILE", "ANYTHING"),
    "run": ("USERS", "RATE", "TIME", "HOST", "LABEL", "DESCRIPTION"),
    "scale": ("WORKERS",),
    "logs": ("SERVICE",),
    "cli": ("ARGS",),
    "enroll": ("HOST",),
    "backup": ("FILE",),
    "restore": ("FILE",),
    "status": ("ANYTHING",),
    "down": ("ANYTHING",),
    "help": ("ANYTHING",),
}


@pytest.mark.long_sample(6)
@pytest.mark.sample(7)
@pytest.mark.parametrize("target", VALUES)
@pytest.mark.parametrize("by_environment", [False, True], ids=["given", "environment"])
def test_a_value_is_never_a_command(tmp_path: Path, target: str, *, by_environment: bool) -> None:
    """Neither one of make's own functions nor one of the shell, whatever quotes it has."""
    alone = MakeAlone(tmp_path)
    for value in COMMANDS:
        for names in (VALUES[target], ("NAME",)):
            if by_environment:
                alone.run(target, **dict.fromkeys(names, value))
            else:
                alone.run(target, *(f"{name}={value}" for name in names))
        assert "pwned" not in alone.files(), value


NAMES = ("VENV", "PYTHON")
OURS = (
    "BIN",
    "COMPOSE",
    "GIVEN",
    "LOCK",
    "MAKEFILE_LIST",
    "NAMED",
    "SETTINGS",
    "STACK",
    "both",
    "given",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("by_environment", [False, True], ids=["given", "environment"])
def test_what_names_a_program_or_a_folder_is_that_and_nothing_else(
    tmp_path: Path, name: str, *, by_environment: bool
) -> None:
    """Recipes and rules hold both as they are: they were read by make and by a shell."""
    alone = MakeAlone(tmp_path)
    before = alone.files()
    for value in (*COMMANDS, "a`touch pwned`", "touch pwned #", "a:", "a;touch", "a b", "a\nb"):
        env, words = ({name: value}, ()) if by_environment else ({}, (f"{name}={value}",))
        done = alone.run("clean", *words, **env)
        assert done.returncode != 0, value
        assert f"{name} has a blank, or a sign" in done.stderr
    assert alone.files() == before
    assert not alone.calls()


def test_a_folder_and_a_program_may_have_any_other_name(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    given = ("VENV=../jürgen/.venv-3.11_a+b@c,d~", "PYTHON=/usr/bin/python3.12")
    assert alone.run("help", *given).returncode == 0


@pytest.mark.sample(5)
@pytest.mark.parametrize("name", OURS)
def test_what_make_holds_of_its_own_is_nobody_s_to_give(tmp_path: Path, name: str) -> None:
    alone = MakeAlone(tmp_path)
    for value in (COMMANDS[0], "touch pwned; touch pwned #"):
        alone.run("help", f"{name}={value}")
        alone.run("status", f"{name}={value}")
        # Not really: they would begin to install.
        told = alone.run("--dry-run", "test-stack", "lock", f"{name}={value}").stdout
        assert "touch pwned" not in told
    assert "pwned" not in alone.files()


def test_the_computer_s_name_in_a_shell_is_no_stack(tmp_path: Path) -> None:
    """Each shell of a Windows machine's Linux has it as NAME."""
    alone = MakeAlone(tmp_path)
    for name in ("DESKTOP-7ABC", "laptop", "example"):
        done = alone.run("status", NAME=name)
        assert done.returncode == 0, done.stderr
        assert not [word for word in alone.last() if name in word]
        assert alone.last()[-4:-2] == ("ps", "--all")


def test_a_stack_s_name_in_a_shell_is_asked_about(tmp_path: Path) -> None:
    """Who has two of them, and one in his environment, may mean either."""
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env.second").touch()
    for target in ("up", "down", "status", "clean", "cli"):
        done = alone.run(target, NAME="second")
        assert done.returncode != 0
        assert "NAME is second in your environment" in done.stderr
    assert not alone.calls()
    assert alone.run("down", "NAME=second", NAME="third").returncode == 0
    assert alone.calls()[-1].env["COMPOSE_PROJECT_NAME"] == "second"
    assert alone.run("down", "NAME=", NAME="second").returncode == 0
    assert alone.calls()[-1].env["COMPOSE_PROJECT_NAME"] == "swarmscope"


ODD = 'it\'s a "test" of $HOME, $(id), `id`; #1 & 100 % \\ ünï'


def test_a_run_gets_its_values_as_they_are(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    alone.run("run", "USERS=5", f"LABEL={ODD}", "DESCRIPTION=--help", "HOST=-x", USERS="7")
    given = alone.last()[alone.last().index("driver") :]
    assert given[4:] == ("--users=5", "--host=-x", f"--label={ODD}", "--description=--help")


def test_what_the_shell_calls_host_is_not_the_target(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    alone.run("run", "USERS=5", HOST="laptop", TIME="now")
    assert not [word for word in alone.last() if "laptop" in word or "--time" in word]


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("runs --limit 5", ("runs", "--limit", "5")),
        ("", ()),
        ("  ", ()),
        ("annotate deploy 'version 7' \"it's\"", ("annotate", "deploy", "version 7", "it's")),
        ("annotate deploy ''", ("annotate", "deploy", "")),
        ("audit a\\ b * $HOME", ("audit", "a b", "*", "$HOME")),
    ],
)
def test_words_for_the_cli_are_taken_apart_and_not_run(
    tmp_path: Path, words: str, meant: tuple[str, ...]
) -> None:
    alone = MakeAlone(tmp_path)
    assert alone.run("cli", f"ARGS={words}").returncode == 0
    assert alone.last()[alone.last().index("cli") + 1 :] == meant


@pytest.mark.parametrize("words", ["annotate 'x", "runs\n--limit 5"])
def test_words_that_are_no_words_are_refused(tmp_path: Path, words: str) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("cli", f"ARGS={words}")
    assert done.returncode != 0
    assert "Nothing was done" in done.stderr
    assert not alone.calls()


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x1b[2J", "\x7f"])
def test_a_line_end_in_a_value_is_no_second_setting(tmp_path: Path, end: str) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("up", f"LOCUST_HOST=http://x{end}LOCUST_BIND=0.0.0.0", "GRAFANA_PORT=1")
    assert done.returncode != 0
    assert "The value of LOCUST_HOST" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert ".env" not in alone.files()
    # What docker was told of it: whether there is one, and nothing else.
    assert not [call for call in alone.calls() if {"up", "build"} & set(call.arguments)]


def said(alone: MakeAlone, line: list[str]) -> str:
    """Run *line* in the project's folder; return what it printed."""
    done = subprocess.run(line, cwd=alone.folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.long_sample(3)
@pytest.mark.sample(14)
@pytest.mark.parametrize(
    "value",
    [
        *(ODD, "$HOME", "${HOME}", "a\\", "\\", "\\'", "\\n", "x #y", "#", "x ", "'", '"', "=", ""),
        *("'quoted'", '"quoted"', "a,b;c|d&e", "tab\there", "https://x/?y=1&z=2"),
    ],
)
def test_a_setting_is_read_back_as_it_was_given(tmp_path: Path, value: str) -> None:
    """By the scripts; and by Compose, where there is one."""
    alone = MakeAlone(tmp_path)
    assert alone.run("up", f"LOCUST_HOST={value}").returncode == 0
    ask = ["sh", "-c", ". scripts/compose.sh; setting LOCUST_HOST none", "scripts/x"]
    assert said(alone, ask) == (value or "none")
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    (alone.folder / "one.yml").write_text("services: {a: {image: x, environment: [LOCUST_HOST]}}")
    told = said(alone, ["docker", "compose", "-f", "one.yml", "config", "--format", "json"])
    read = json.loads(told)["services"]["a"]["environment"]["LOCUST_HOST"]
    assert read.replace("$$", "$") == value


@pytest.mark.long
@pytest.mark.long_sample(10)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "X=a",
            " X = a ",
            "export X=a",
            "X: a",
            "X:a",
            "X=a\r",
            "X=\r",
            "X='a'\r",
            "X=#a",
            "X= #a",
        ),
        *(
            "X=b\nX=a",
            "export X=b\nX=a",
            "X=b\nexport X = a",
            "#X=a",
            "XX=a\nX=",
            'X="a" # b',
            "X=a # b",
        ),
        *("X=$Y", "X=${Y}/a", 'X="${Y}/a"', "X='${Y}'", 'X="a\\$b"', "X=${Z:-a}", "Y=b\nX=$Y"),
    ],
)
def test_what_a_user_writes_into_env_is_read_as_compose_reads_it(tmp_path: Path, text: str) -> None:
    """A gateway wasn't started, and results went to a folder called ${HOME}."""
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env").write_text(text + "\n", newline="")
    environ = {"PATH": os.environ["PATH"], "Y": "of the shell"}
    one = ["docker", "compose", "config", "--environment"]
    told = subprocess.check_output(one, cwd=alone.folder, env=environ, text=True).splitlines()
    (meant,) = [line[2:] for line in told if line.startswith("X=")] or [""]
    ask = ["sh", "-c", ". scripts/compose.sh; setting X none", "scripts/x"]
    read = subprocess.check_output(ask, cwd=alone.folder, env=environ, text=True)
    assert read == (meant or "none")


def test_what_the_environment_empties_is_empty_as_in_compose(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env").write_text("INFLUXDB_BIND=10.0.0.5\n")
    assert alone.run("up", INFLUXDB_BIND="").returncode == 0
    assert "gateway" not in (alone.folder / ".env").read_text()
    assert alone.run("up").returncode == 0
    assert "COMPOSE_PROFILES=demo,gateway" in (alone.folder / ".env").read_text()


@pytest.mark.parametrize("name", ["../x", "-x", "a b", "A", "a/b", ".", "x\ny", "gateway", "$(id)"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    alone = MakeAlone(tmp_path)
    before = alone.files()
    for target in ("up", "down", "status", "backup"):
        done = alone.run(target, f"NAME={name}")
        assert done.returncode != 0, target
        assert "Nothing was done" in done.stderr
    assert alone.files() == before
    assert not alone.calls()


def test_a_locustfile_may_have_blanks_and_quotes(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    path = alone.folder / 'my "tests" of $HOME/it\'s #1.py'
    path.parent.mkdir()
    path.touch()
    name = str(path.relative_to(alone.folder))
    done = alone.run("up", f"LOCUSTFILE={name}")
    assert done.returncode == 0, done.stderr
    # Found again without it, in .env.
    assert alone.run("up").returncode == 0
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    told = said(alone, ["docker", "compose", "config", "--format", "json", "locust-worker"])
    (mount,) = (
        v
        for v in json.loads(told)["services"]["locust-worker"]["volumes"]
        if v["target"] == "/mnt/locust"
    )
    assert mount["source"].replace("$$", "$") == str(path.parent)
    assert mount["read_only"]


@pytest.mark.parametrize(("name", "why"), [("a,b.py", "comma"), ("x:/etc:rw/a.py", "colon")])
def test_a_locustfile_whose_name_others_would_cut_is_refused(
    tmp_path: Path, name: str, why: str
) -> None:
    """For Docker what follows a colon is where to mount it, and how."""
    alone = MakeAlone(tmp_path)
    (alone.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (alone.folder / name).touch()
    done = alone.run("up", f"LOCUSTFILE={name}")
    assert done.returncode == 2
    assert why in done.stderr
    assert not [call for call in alone.calls() if "up" in call.arguments]
