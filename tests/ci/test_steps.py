"""Single steps of the action, without a test's run: what decides, and what is refused."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.fixtures.guides import ROOT
from tests.fixtures.prepared_server import Said, answering

ACTION = ROOT / ".github" / "actions" / "load-test"
TOLD: dict[str, Any] = yaml.safe_load((ACTION / "action.yml").read_text(encoding="utf-8"))


def run(text: str, folder: Path, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a step's script as a runner does."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        check=False,
    )


def step(name: str) -> str:
    (found,) = (one["run"] for one in TOLD["runs"]["steps"] if one["name"] == name)
    return str(found)


@pytest.mark.parametrize(
    ("verdict", "comparison", "cannot", "code"),
    [
        ("0", "0", "warn", 0),
        ("0", "1", "warn", 1),
        ("0", "3", "warn", 0),
        ("0", "5", "warn", 0),
        ("0", "3", "fail", 5),
        ("0", "5", "fail", 5),
        ("0", "0", "fail", 0),
        # What isn't there, or went wrong, passes nothing.
        ("0", "", "warn", 5),
        ("0", "4", "warn", 4),
        ("0", "2", "warn", 2),
        ("0", "70", "warn", 70),
        ("1", "0", "warn", 1),
        ("5", "0", "warn", 5),
        ("3", "3", "warn", 3),
        ("1", "5", "fail", 1),
    ],
)
def test_what_turns_a_build_red(
    tmp_path: Path, verdict: str, comparison: str, cannot: str, code: int
) -> None:
    settings = tmp_path / "settings"
    settings.write_text(f"CANNOT_COMPARE={cannot}\n")
    env = {"SETTINGS": str(settings), "VERDICT": verdict, "COMPARISON": comparison}
    assert run(step("Verdict"), tmp_path, **env).returncode == code


def test_a_run_that_begins_the_baseline_anew_is_green_though_nothing_is_compared(
    tmp_path: Path,
) -> None:
    (tmp_path / "settings").write_text("CANNOT_COMPARE=fail START_ANEW=true\n")
    env = {"SETTINGS": str(tmp_path / "settings"), "VERDICT": "0"}
    assert run(step("Verdict"), tmp_path, COMPARISON="3", **env).returncode == 0
    assert run(step("Verdict"), tmp_path, COMPARISON="1", **env).returncode == 1


def test_a_baseline_is_forgotten_before_anything_is_held_against_it() -> None:
    """Else the run that begins it anew is worse than what was to be forgotten, and red."""
    names = [one["name"] for one in TOLD["runs"]["steps"]]
    anew = names.index("Begin the baseline anew")
    assert names.index("Run the test") < anew < names.index("Did it pass?")
    assert anew < names.index("Is it worse than before?")


@pytest.mark.parametrize(
    ("anew", "ended", "code", "asked"),
    [
        *(("true", 0, 0, True), ("true", 3, 0, True), ("true", 4, 4, True)),
        ("false", 0, 0, False),
    ],
)
def test_only_where_it_is_asked_for_is_a_baseline_forgotten(
    tmp_path: Path, anew: str, ended: int, code: int, *, asked: bool
) -> None:
    (tmp_path / "settings").write_text(
        f'swarmscope() {{ echo "$*" > asked; return {ended}; }}\nBASELINE=main START_ANEW={anew}\n'
    )
    done = run(step("Begin the baseline anew"), tmp_path, SETTINGS=str(tmp_path / "settings"))
    assert done.returncode == code, done.stderr
    assert (tmp_path / "asked").exists() is asked
    if asked:
        assert (tmp_path / "asked").read_text() == "baseline remove --name main\n"


@pytest.mark.parametrize(("event", "anew"), [("workflow_dispatch", True), ("pull_request", False)])
def test_a_pull_request_begins_no_baseline_anew(tmp_path: Path, event: str, *, anew: bool) -> None:
    done, output = settings(tmp_path, GITHUB_EVENT_NAME=event, START_ANEW="true")
    (file,) = re.findall(r"^settings=(.*)$", output, re.M)
    assert (f"START_ANEW={str(anew).lower()}\n" in Path(file).read_text()) is True
    assert ("::notice title=Load test::start-anew does nothing here" in done.stdout) is not anew


GIVEN = {
    "TEST": "shop",
    "HOST": "http://127.0.0.1:8000",
    "LOCUSTFILE": "locustfile.py",
    "THRESHOLDS": "thresholds.yaml",
    "BASELINE": "main",
    "CANNOT_COMPARE": "warn",
    "GITHUB_REF_NAME": "main",
    "GITHUB_EVENT_NAME": "push",
    "GITHUB_RUN_ID": "7",
    "GITHUB_RUN_ATTEMPT": "2",
}


def settings(folder: Path, **given: str) -> tuple["subprocess.CompletedProcess[str]", str]:
    """Run the first step, and return what other steps get of it."""
    for name in ("locustfile.py", "thresholds.yaml"):
        (folder / name).touch()
    names = re.findall(
        r"^        ([A-Z_]+): \$\{\{ inputs", (ACTION / "action.yml").read_text(), re.M
    )
    places = {
        "RUNNER_TEMP": str(folder / "temp"),
        "GITHUB_WORKSPACE": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_ACTION_PATH": str(ACTION),
    }
    env = dict.fromkeys(names, "") | GIVEN | places | given
    done = run(step("Settings"), folder, **env)
    output = folder / "output"
    return done, output.read_text() if output.exists() else ""


@pytest.mark.parametrize(
    ("event", "ref", "baseline", "keeps"),
    [
        ("push", "main", "main", True),
        ("schedule", "main", "main", True),
        ("workflow_dispatch", "main", "main", True),
        ("push", "feature", "main", False),
        # A fork's branch may be called main as well.
        ("pull_request", "main", "main", False),
        ("workflow_run", "main", "main", False),
        ("issue_comment", "main", "main", False),
    ],
)
def test_only_runs_of_the_branch_itself_are_kept_for_others(
    tmp_path: Path, event: str, ref: str, baseline: str, *, keeps: bool
) -> None:
    told = {"GITHUB_EVENT_NAME": event, "GITHUB_REF_NAME": ref, "BASELINE": baseline}
    done, output = settings(tmp_path, **told)
    assert done.returncode == 0, done.stderr
    assert f"keeps={str(keeps).lower()}\n" in output


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"GITHUB_EVENT_NAME": "pull_request_target"}, "Not on pull_request_target"),
        ({"CANNOT_COMPARE": "maybe"}, "cannot-compare is 'maybe': say warn or fail"),
        ({"THRESHOLDS": "nowhere.yaml"}, "There is no file nowhere.yaml in "),
    ],
)
def test_what_can_t_be_used_ends_it_before_anything_is_installed(
    tmp_path: Path, given: dict[str, str], why: str
) -> None:
    done, output = settings(tmp_path, **given)
    assert (done.returncode, output) == (2, "")
    assert done.stdout.startswith(f"::error title=Load test::{why}")


def test_no_branch_s_key_begins_as_another_s(tmp_path: Path) -> None:
    """A cache's entry is found by how its key begins: `main` must not find that of `main-2`."""
    keys = {}
    for branch in ("main", "main-2", "feature/a", "a, b"):
        (tmp_path / "output").unlink(missing_ok=True)
        _, output = settings(tmp_path, BASELINE=branch)
        told = dict(line.split("=", 1) for line in output.splitlines())
        keys[branch] = told["keys"]
        assert told["key"] == f"{told['keys']}7.2"
        assert re.fullmatch(r"[\w.-]+", told["key"]), "a key has no comma"
    prefixes = list(keys.values())
    assert not any(a != b and b.startswith(a) for a in prefixes for b in prefixes)


def test_the_store_s_path_is_the_same_on_each_machine(tmp_path: Path) -> None:
    """A path is a part of what finds an entry of the cache: elsewhere it would find none."""
    _, output = settings(tmp_path)
    assert "store=.swarmscope-ci/shop\n" in output


def test_results_lie_where_artifacts_may_come_from(tmp_path: Path) -> None:
    """What lies below a name with a dot is uploaded by nobody."""
    _, output = settings(tmp_path)
    (results,) = (line for line in output.splitlines() if line.startswith("results="))
    assert not any(part.startswith(".") for part in Path(results).parts)


def test_what_an_input_says_is_read_by_no_shell(tmp_path: Path) -> None:
    """A branch may be called `$(touch x)`, and a pull request's author calls it so."""
    odd = "$(touch made)`touch made`'\"; touch made;"
    done, _ = settings(tmp_path, BASELINE=odd, TEST=odd, HOST=odd)
    assert done.returncode == 0, done.stderr
    (file,) = (tmp_path / "temp").rglob("settings.sh")
    said = run(f'. "{file}"; printf "%s\\n" "$BASELINE" "$TEST" "$HOST"', tmp_path)
    assert said.stdout.splitlines() == [odd, odd, odd]
    assert not (tmp_path / "made").exists()


def test_a_store_of_one_s_own_is_neither_opened_nor_carried_over(tmp_path: Path) -> None:
    _, output = settings(tmp_path, INFLUXDB_V2_URL="http://influx.example:8086")
    assert "store=\n" in output
    (file,) = (tmp_path / "temp").rglob("settings.sh")
    assert "INFLUXDB_V2_URL" not in file.read_text()


@pytest.mark.parametrize("name", ["Open the store", "Start the service"])
def test_who_answers_before_anything_was_started_is_not_tested_or_written_to(
    tmp_path: Path, name: str
) -> None:
    """On a machine of one's own: what an earlier job left, or another store at the usual port."""
    with answering({"/": Said(b"somebody else", 404)}) as somebody:
        settings = tmp_path / "settings"
        told = f"HOST={somebody} READY= START='touch made' INFLUXDB_V2_URL={somebody}\n"
        settings.write_text(told + (ACTION / "functions.sh").read_text(encoding="utf-8"))
        done = run(step(name), tmp_path, SETTINGS=str(settings))
    assert done.returncode == 2, done.stderr
    assert done.stdout.startswith(f"::error title=Load test::Something answers at {somebody}")
    assert not (tmp_path / "made").exists()


def test_what_an_earlier_job_left_on_a_machine_of_one_s_own_is_gone(tmp_path: Path) -> None:
    """A store that is unpacked over another one would be neither."""
    left = tmp_path / ".swarmscope-ci" / "shop" / "swarmscope.duckdb.wal"
    left.parent.mkdir(parents=True)
    left.touch()
    settings(tmp_path)
    assert not left.exists()
