"""`make up` remembers what was checked, and runs what its settings ask for, no more."""

import json
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from tests.fixtures.make_alone import MakeAlone

BEFORE = "# mine\nLOCUST_PORT=8090\nGRAFANA_PORT=3001\n"
MISTAKES = [
    *("LOCUSTFILE=typo.py", "LOCUSTFILE=locust", "LOCUSTFILE=typo/mine.py"),
    *(f"WORKERS={n}" for n in ("abc", "0", "-1", "08", "2.5", "1001", "9" * 30)),
    *("GRAFANA_PORT=abc", "LOCUST_PORT=70000", "EVENTS_PORT=0", "INFLUXDB_PORT=-1"),
    *("LOGS=yes", "DEMO=true", "DOCKER_METRICS=1", "LOCUST_BIND=localhost"),
    *("THRESHOLDS=typo.yaml", "THRESHOLDS=locust"),
    *("RESULTS_DIR=Makefile/results", "SECRETS_DIR=Makefile/secrets"),
]


def started(alone: MakeAlone) -> list[tuple[str, ...]]:
    return [c.arguments for c in alone.calls() if {"up", "build"} & set(c.arguments)]


@pytest.mark.long_sample(4)
@pytest.mark.sample(9)
@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("before", [BEFORE, None], ids=["remembered", "first"])
def test_a_mistake_is_said_and_not_remembered(
    tmp_path: Path, mistake: str, before: str | None
) -> None:
    """It was in .env already, and whatever came next failed, too."""
    alone = MakeAlone(tmp_path)
    file = alone.folder / ".env"
    if before:
        file.write_text(before)
    done = alone.run("up", mistake, "LOCUST_HOST=https://staging.example")
    assert done.returncode == 2
    name, _, value = mistake.partition("=")
    assert f"{name} is " in done.stderr
    assert value in done.stderr
    assert "Nothing was started, and .env is as it was." in done.stderr
    assert f"make up {name}=" in done.stderr
    assert (file.read_text() if file.exists() else None) == before
    assert started(alone) == []


def test_a_socket_that_is_none_is_said_and_not_remembered(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("up", "DOCKER_METRICS=on", "DOCKER_SOCKET=/nowhere")
    assert done.returncode == 2
    assert "DOCKER_SOCKET is /nowhere, which is no socket of this machine." in done.stderr
    assert ".env" not in alone.files()


def test_docker_s_socket_is_given_with_its_group(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(tmp_path / "docker.sock"))
    path = tmp_path / "docker.sock"
    done = alone.run("up", "DOCKER_METRICS=on", f"DOCKER_SOCKET={path}")
    assert done.returncode == 0, done.stderr
    lines = (alone.folder / ".env").read_text().splitlines()
    assert f"DOCKER_GID={path.stat().st_gid}" in lines
    assert "COMPOSE_PROFILES=demo,docker-metrics" in lines


def test_what_only_compose_refuses_is_not_remembered_either(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"config --quiet": ("mem_limit: strange", 15)})
    (alone.folder / ".env").write_text(BEFORE)
    (tmp_path / "tmp").mkdir()
    done = alone.run("up", "GRAFANA_MEMORY=lots", TMPDIR=str(tmp_path / "tmp"))
    assert done.returncode == 2
    assert "mem_limit: strange" in done.stderr
    assert "Nothing was started, and .env is as it was." in done.stderr
    assert "correct the one in .env" in done.stderr
    assert (alone.folder / ".env").read_text() == BEFORE
    assert started(alone) == []
    # The draft has passwords in it.
    assert list((tmp_path / "tmp").iterdir()) == []


def test_compose_s_words_about_the_draft_are_about_the_file(tmp_path: Path) -> None:
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    alone = MakeAlone(tmp_path, reading=True)
    (alone.folder / ".env").write_text("GRAFANA_MEMORY=2g\nno setting\n")
    done = alone.run("up")
    assert done.returncode == 2
    assert "failed to read .env: line 2" in done.stderr
    assert "Compose can't use the settings" in done.stderr


def test_the_former_name_of_the_thresholds_is_not_left_out_without_a_word(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    (alone.folder / ".env").write_text("SWARMSCOPE_THRESHOLDS=/mnt/locust/mine.yaml\n")
    done = alone.run("up")
    assert done.returncode == 0, done.stderr
    assert ".env has SWARMSCOPE_THRESHOLDS, which isn't read any more: THRESHOLDS" in done.stderr
    assert "make up THRESHOLDS=path/to/mine.yaml" in done.stderr


@pytest.mark.parametrize(
    "mistake", ["GRAFANA_MEMORY=lots", "INFLUXDB_MEMORY=2 gigs", "LOCUST_BIND=1.2.3.400"]
)
def test_compose_itself_refuses(tmp_path: Path, mistake: str) -> None:
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    alone = MakeAlone(tmp_path, reading=True)
    (alone.folder / ".env").write_text(BEFORE)
    done = alone.run("up", mistake)
    assert "Compose can't use the settings" in done.stderr
    assert (alone.folder / ".env").read_text() == BEFORE


@pytest.mark.long_sample(2)
@pytest.mark.sample(5)
@pytest.mark.parametrize(
    "written", ["path/to/mine.py", "./path/to/mine.py", "{folder}/path/to/mine.py", "~/mine.py"]
)
@pytest.mark.parametrize("again", ["up", "env"])
def test_a_locustfile_is_found_however_its_path_is_written(
    tmp_path: Path, written: str, again: str
) -> None:
    """As the README has it, too; and again, from .env, by make and by Compose alone."""
    alone = MakeAlone(tmp_path)
    home = tmp_path / "my home"
    for folder in (alone.folder / "path/to", home):
        folder.mkdir(parents=True)
        (folder / "mine.py").touch()
    given = written.format(folder=alone.folder)
    if again == "env":
        (alone.folder / ".env").write_text(f"LOCUSTFILE={given}\n")
        done = alone.run("up", HOME=str(home))
    else:
        done = alone.run("up", f"LOCUSTFILE={given}", HOME=str(home))
    assert done.returncode == 0, done.stderr
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    told = subprocess.check_output(
        ["docker", "compose", "config", "--format", "json", "locust-worker"],
        cwd=alone.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        text=True,
    )
    mounts = json.loads(told)["services"]["locust-worker"]["volumes"]
    (source,) = (m["source"] for m in mounts if m["target"] == "/mnt/locust")
    lies = home if given.startswith("~") else alone.folder / "path/to"
    assert os.path.normpath(source) == str(lies)


@pytest.mark.parametrize("named", ["limits/mine.yaml", "~/mine.yaml"])
def test_the_master_alone_has_the_folder_of_the_thresholds(tmp_path: Path, named: str) -> None:
    """The folder: of a file alone a container keeps the one that an editor has put another for."""
    alone = MakeAlone(tmp_path)
    home = tmp_path / "home"
    for folder in (alone.folder / "limits", home):
        folder.mkdir()
        (folder / "mine.yaml").touch()
    done = alone.run("up", f"THRESHOLDS={named}", HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert f"THRESHOLDS={named}" in (alone.folder / ".env").read_text().splitlines()
    if not shutil.which("docker"):
        pytest.skip("no docker on PATH: Compose itself doesn't read the file")
    told = subprocess.check_output(
        ["docker", "compose", "config", "--format", "json", "locust-worker", "locust-master"],
        cwd=alone.folder,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        text=True,
    )
    services = json.loads(told)["services"]
    mounted = {
        name: [os.path.normpath(m["source"]) for m in one["volumes"] if "thresholds" in m["target"]]
        for name, one in services.items()
    }
    lies = home if named.startswith("~") else alone.folder / "limits"
    assert (mounted["locust-master"], mounted["locust-worker"]) == ([str(lies)], [])


def test_images_are_built_in_one_name_whichever_stack_they_are_for(tmp_path: Path) -> None:
    """Compose writes it into them: those of a second stack were others, and took the tag away."""
    alone = MakeAlone(tmp_path)
    assert alone.run("up", "NAME=second").returncode == 0
    assert alone.run("backup", "NAME=second", "FILE=b.tar.gz").returncode == 0
    built = [c.arguments for c in alone.calls() if "build" in c.arguments]
    assert [words[: words.index("build")][-2:] for words in built] == [
        ("--project-name", "swarmscope")
    ] * 2


def test_a_locustfile_that_is_gone_meanwhile_is_said_and_the_demo_s_is_a_way_back(
    tmp_path: Path,
) -> None:
    alone = MakeAlone(tmp_path)
    (alone.folder / "mine.py").touch()
    assert alone.run("up", "LOCUSTFILE=mine.py").returncode == 0
    (alone.folder / "mine.py").unlink()
    done = alone.run("up")
    assert f"LOCUSTFILE is mine.py, and there is no file {alone.folder}/mine.py." in done.stderr
    assert "the demo's: make up LOCUSTFILE=" in done.stderr
    assert alone.run("up", "LOCUSTFILE=").returncode == 0


@pytest.mark.long_sample(2)
@pytest.mark.sample(5)
@pytest.mark.parametrize(
    ("given", "profiles"),
    [
        ((), "demo"),
        (("LOCUSTFILE=mine.py",), "demo"),
        (("LOCUSTFILE=mine.py", "LOCUST_HOST=http://shop:8080"), "demo"),
        (("LOCUSTFILE=mine.py", "LOCUST_HOST=http://shop:8080/"), "demo"),
        (("LOCUST_HOST=https://staging.example",), ""),
        (("LOCUST_HOST=https://shop.example",), ""),
        (("LOCUST_HOST=https://staging.example/shop",), ""),
        (("LOCUST_HOST=https://staging.example", "DEMO=on"), "demo"),
        (("DEMO=off",), ""),
        (("LOGS=on", "INFLUXDB_BIND=10.0.0.5"), "demo,gateway,logs"),
    ],
)
def test_the_shop_is_there_while_it_is_what_is_tested(
    tmp_path: Path, given: tuple[str, ...], profiles: str
) -> None:
    """With a locustfile of one's own it was gone after `down` and `up`."""
    alone = MakeAlone(tmp_path)
    (alone.folder / "mine.py").touch()
    for words in (given, ()):
        assert alone.run("up", *words).returncode == 0
        assert f"COMPOSE_PROFILES={profiles}\n" in (alone.folder / ".env").read_text()


ALL = "--profile demo --profile docker-metrics --profile gateway --profile logs config --services"
ASKED = "grafana\nlocust-master\nlocust-worker"
OURS = f"{ASKED}\ncollector\ndoor\ngateway\nshop"


def removed(alone: MakeAlone) -> list[tuple[str, ...]]:
    calls = [c.arguments for c in alone.calls()]
    return [a[a.index("rm") :] for a in calls if "rm" in a]


def test_what_no_setting_asks_for_any_more_is_stopped_when_all_else_is_up(tmp_path: Path) -> None:
    """The collector after LOGS=off, the gateway after INFLUXDB_BIND was emptied."""
    there = f"{ASKED}\ncollector\ngateway\nof-my-own"
    answers = {ALL: (OURS, 0), "config --services": (ASKED, 0), "compose.oneoff=False": (there, 0)}
    alone = MakeAlone(tmp_path, answers)
    done = alone.run("up", "LOGS=off", "INFLUXDB_BIND=")
    assert done.returncode == 0, done.stderr
    assert "Stopped, as no setting asks for it now: collector gateway" in done.stderr
    assert removed(alone) == [("rm", "--stop", "--force", "collector", "gateway")]
    order = [next((w for w in ("up", "rm") if w in c.arguments), "") for c in alone.calls()]
    assert order.index("up") < order.index("rm")


def test_where_all_is_asked_for_nothing_is_stopped(tmp_path: Path) -> None:
    answers = {ALL: (OURS, 0), "config --services": (OURS, 0), "compose.oneoff=False": (OURS, 0)}
    alone = MakeAlone(tmp_path, answers)
    assert alone.run("up", "LOGS=on").returncode == 0
    assert removed(alone) == []


def test_a_start_that_fails_shows_what_its_service_said_last(tmp_path: Path) -> None:
    answers = {
        "--wait-timeout": ("", 1),
        "{{.State}}": ("grafana running/healthy/0\nlocust-master restarting//1", 0),
        "logs --no-color": ("SyntaxError: invalid syntax (mine.py, line 3)", 0),
    }
    alone = MakeAlone(tmp_path, answers)
    done = alone.run("up")
    assert done.returncode == 2  # make's own, for a recipe that failed
    assert "The last that locust-master said:\nSyntaxError: invalid syntax" in done.stderr
    assert "no data is lost" in done.stderr
    asked = [c.arguments[-1] for c in alone.calls() if "logs" in c.arguments]
    assert asked == ["locust-master"]


def test_a_fault_that_there_isn_t_is_said_and_neither_started_nor_remembered(
    tmp_path: Path,
) -> None:
    alone = MakeAlone(tmp_path, {"shop --check": ("There are linear, cliff", 2)})
    (alone.folder / ".env").write_text(BEFORE)
    done = alone.run("up", "FAULT=nonsense")
    assert done.returncode == 2
    assert "There are linear, cliff" in done.stdout
    (check,) = (call for call in alone.calls() if "--check" in call.arguments)
    assert check.env["FAULT"] == "nonsense"
    assert (alone.folder / ".env").read_text() == BEFORE
    assert not [call for call in alone.calls() if "up" in call.arguments]


def test_a_fault_of_the_shop_is_remembered_and_without_one_nobody_is_asked(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    assert alone.run("up", "FAULT=cliff:8").returncode == 0
    assert "FAULT=cliff:8" in (alone.folder / ".env").read_text().splitlines()
    asked = [call for call in alone.calls() if "--check" in call.arguments]
    assert len(asked) == 1
    assert alone.run("up", "FAULT=").returncode == 0
    assert "FAULT=" in (alone.folder / ".env").read_text().splitlines()
    assert [call for call in alone.calls() if "--check" in call.arguments] == asked


def test_a_fault_of_a_shop_that_nobody_wants_is_said(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    done = alone.run("up", "FAULT=cliff", "LOCUST_HOST=https://staging.example")
    assert done.returncode == 2
    assert "FAULT is 'cliff'" in done.stderr
    assert "Nothing was started, and .env is as it was." in done.stderr
    assert "make up FAULT=, or make up DEMO=on" in done.stderr
    assert started(alone) == []
