"""`make clean` says what it removed, what of ours is still there, and how that is removed."""

import re
from pathlib import Path

from tests.fixtures.make_alone import ROOT, MakeAlone

(BASE,) = re.findall(r"\{PYTHON_IMAGE:-(.+)\}", (ROOT / "docker-compose.yml").read_text())
NAMELESS = "0123456789abcdef" * 4
HERE = {
    "compose.oneoff=False": ("", 0),
    "config --images": ("swarmscope-cli:latest\ninfluxdb:2.9.1\nnginx:1.26.3", 0),
    "image ls": (f"postgres:16\ninfluxdb:2.9.1\n{BASE}\nswarmscope-cli:latest", 0),
    "dangling=true": (f"{NAMELESS}\nsomebody_s", 0),
}


def lines(said: str, word: str) -> list[str]:
    return [line for line in said.splitlines() if word in line]


def test_what_was_built_here_is_removed_and_said(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path)
    for name in (".venv/bin", "dist", "tests/flux/node_modules", "locust/swarmscope.egg-info"):
        (alone.folder / name).mkdir(parents=True)
    said = alone.run("clean").stderr
    (line,) = lines(said, "Removed, of what was built and installed here:")
    named = line.partition(": ")[2].split()
    assert sorted(named) == sorted(
        [".venv", "dist", "tests/flux/node_modules", "locust/swarmscope.egg-info"]
    )
    assert not [name for name in named if (alone.folder / name).exists()]
    assert "nothing" in lines(alone.run("clean").stderr, "Removed")[0]


def test_what_stays_is_said_with_how_it_is_removed(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, HERE)
    (alone.folder / ".env").write_text("WORKERS=2\n")
    (alone.folder / "results/one").mkdir(parents=True)
    (alone.folder / "backups").mkdir()
    (alone.folder / "backups/one.tar.gz").touch()
    said = alone.run("clean").stderr
    assert ".env, with the settings" in said
    assert "rm .env" in said
    assert "results, with the files of runs: rm -r './results'" in said
    assert f"docker image rm influxdb:2.9.1 {BASE} swarmscope-cli:latest" in said
    assert "volumes without a name (1)" in said
    assert "docker volume prune" in said
    assert "passwords and tokens" in said
    assert "backups/one.tar.gz" in said
    assert {".env", "backups/one.tar.gz"} <= alone.files()


def test_where_nothing_stays_nothing_is_said_of_it(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"compose.oneoff=False": ("", 0)})
    assert "Kept" not in alone.run("clean").stderr


def test_images_of_a_stack_that_runs_are_not_offered(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {**HERE, "compose.oneoff=False": ("grafana", 0)})
    assert "docker image rm" not in alone.run("clean").stderr


def test_where_nobody_answers_data_is_kept_and_the_way_is_named(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"volume ls": ("swarmscope_influxdb-data", 0)})
    (alone.folder / ".swarmscope").mkdir()
    (alone.folder / ".swarmscope/runs.duckdb").touch()
    done = alone.run("clean")
    assert done.returncode == 0
    assert done.stderr.count("To remove it: make clean YES=1") == 2
    # Of a shell that has it for another command's sake.
    alone.run("clean", YES="1")
    assert ".swarmscope/runs.duckdb" in alone.files()
    assert not [c for c in alone.calls() if "down" in c.arguments]


def test_who_says_yes_before_is_not_asked(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"volume ls": ("swarmscope_influxdb-data", 0)})
    (alone.folder / ".swarmscope").mkdir()
    done = alone.run("clean", "YES=1")
    assert "[y/N]" not in done.stdout
    assert not (alone.folder / ".swarmscope").exists()
    assert [c for c in alone.calls() if "down" in c.arguments]


def test_of_a_second_stack_only_what_is_its_own_is_removed(tmp_path: Path) -> None:
    alone = MakeAlone(tmp_path, {"volume ls": ("second_influxdb-data", 0)})
    for name in (".venv/bin", ".swarmscope"):
        (alone.folder / name).mkdir(parents=True)
    said = alone.run("clean", "NAME=second", "YES=1").stderr
    assert [c for c in alone.calls() if "down" in c.arguments]
    assert "Removed" not in said
    assert (alone.folder / ".venv").exists()
    assert (alone.folder / ".swarmscope").exists()
