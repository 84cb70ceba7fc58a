"""GitLab's template: its script, line by line as a runner puts it together, on the demo shop."""

import json
import os
import re
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml
from tests.fixtures import readme
from tests.fixtures.actions import environment
from tests.fixtures.guides import ROOT
from tests.fixtures.ports import free_port
from tests.fixtures.prepared_server import Said, answering

TOLD: dict[str, Any] = yaml.safe_load((ROOT / ".gitlab" / "load-test.yml").read_text("utf-8"))
JOB = TOLD[".load-test"]
HERE = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
PASSES = "generators: off\nfail: [failure_rate < 30%]\n"


def test_runs_of_merge_requests_read_the_cache_and_those_of_the_branch_write_it_too() -> None:
    request, branch = JOB["rules"]
    assert request["if"] == '$CI_PIPELINE_SOURCE == "merge_request_event"'
    assert request["variables"] == {"CACHE": "pull"}
    assert branch["variables"] == {"CACHE": "pull-push", "KEEPS": "true"}
    assert JOB["cache"]["policy"] == "$CACHE"
    assert f"{JOB['variables']['STORE']}/" in JOB["cache"]["paths"]
    # A key has no slash, as a branch's name may.
    assert "BRANCH" not in JOB["cache"]["key"]


def test_what_is_kept_is_what_the_script_writes() -> None:
    reports = JOB["artifacts"]["reports"]
    assert reports.keys() == {"junit", "metrics", "codequality"}
    for path in reports.values():
        folder, _, name = path.partition("/")
        assert folder == JOB["variables"]["RESULTS"]
        assert f"$RESULTS/{name}" in "\n".join(JOB["script"])


@pytest.mark.parametrize(
    ("keeps", "ended", "code", "asked"),
    [
        ("true", 0, 0, "baseline remove --name main\n"),
        ("true", 3, 0, "baseline remove --name main\n"),
        ("true", 4, 4, "baseline remove --name main\n"),
        # A merge request begins no baseline anew, and is as red as it would be.
        ("", 0, 5, ""),
    ],
)
def test_a_baseline_is_forgotten_before_anything_is_held_against_it(
    tmp_path: Path, keeps: str, ended: int, code: int, asked: str
) -> None:
    script = JOB["script"]
    (anew,) = (i for i, one in enumerate(script) if one.startswith('[ "$KEEPS" = true ] ||'))
    (check,) = (i for i, one in enumerate(script) if 'swarmscope check "' in one)
    assert anew < check
    (tmp_path / "asked").touch()
    text = f"""
        swarmscope() {{ echo "$*" >> asked; return {ended}; }}
        {script[anew]}
        verdict=0 comparison=3
        {script[-1]}
    """
    env = {"START_ANEW": "true", "KEEPS": keeps, "BASELINE": "main", "CANNOT_COMPARE": "fail"}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], **env},
        check=False,
    )
    assert done.returncode == code
    assert (tmp_path / "asked").read_text() == asked


def filled(value: str, known: dict[str, str]) -> str:
    """Return *value* with the variables in it that GitLab fills in."""
    return re.sub(r"\$(\w+)", lambda m: known.get(m[1], m[0]), value)


@pytest.mark.long
@pytest.mark.timeout(400)
def test_its_script_passes_on_the_branch_and_turns_red_for_a_service_that_fails(
    tmp_path: Path,
) -> None:
    checkout(tmp_path)
    shop = free_port()
    kept = job(tmp_path, "101", shop, KEEPS="true")
    assert kept.returncode == 0, kept.stdout
    assert "Run ci-101 passed" in kept.stdout
    # At the same address: nothing of the first is left, which would answer in its place.
    red = job(tmp_path, "102", shop, fault="errors:60")
    assert red.returncode == 1, red.stdout
    assert "Run ci-102-confirm failed: failure_rate < 30% is broken" in red.stdout
    results = tmp_path / "load-test-results"
    assert junitparser.JUnitXml.fromfile(str(results / "thresholds.xml")).failures == 1
    assert (results / "metrics.txt").read_text().startswith("# ")
    (finding,) = json.loads((results / "gl-code-quality-report.json").read_text())
    assert finding["location"] == {"path": "thresholds.yaml", "lines": {"begin": 2}}
    assert (results / "report.html").stat().st_size > 0


@pytest.mark.parametrize("whose", ["INFLUXDB_V2_URL", "READY"])
def test_who_answers_before_anything_was_started_is_not_tested_or_written_to(
    tmp_path: Path, whose: str
) -> None:
    with answering({"/": Said(b"somebody else", 404)}) as somebody:
        refused = job(tmp_path, "103", free_port(), **{whose: somebody})
    assert refused.returncode == 2, refused.stdout
    assert f"Something answers at {somebody}" in refused.stdout
    assert "Run ci-103" not in refused.stdout


@pytest.mark.release  # the action's tests install what it says, too
@pytest.mark.long
@pytest.mark.timeout(600)
def test_what_it_installs_from_an_address_is_all_that_its_script_needs(
    tmp_path: Path,
) -> None:
    project, checked_out = readme.clone(tmp_path / "project"), tmp_path / "checkout"
    checked_out.mkdir()
    checkout(checked_out)
    (checked_out / "requirements.txt").write_text("junitparser\n")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin"
    done = job(
        checked_out,
        "104",
        free_port(),
        lines=[*JOB["before_script"], *JOB["script"]],
        PATH=f"{python}:{environment()['PATH']}",
        INSTALL=f"swarmscope[cli] @ {project.as_uri()}",
        REQUIREMENTS="requirements.txt",
    )
    assert done.returncode == 0, done.stdout
    assert "Run ci-104 passed" in done.stdout
    subprocess.run([python / "python", "-c", "import junitparser"], check=True)


def test_nothing_is_installed_by_a_name_that_the_job_did_not_say(tmp_path: Path) -> None:
    assert JOB["variables"]["INSTALL"] == ""
    refused = job(tmp_path, "105", free_port(), lines=JOB["before_script"])
    assert refused.returncode == 2, refused.stdout
    assert refused.stdout.startswith(
        "INSTALL says nothing. Set it to what pip installs: swarmscope[cli] @"
    )


def checkout(folder: Path) -> None:
    """Put into *folder* what a project has that is tested."""
    theirs = ROOT / ".github" / "load-test" / "locustfile.py"
    (folder / "locustfile.py").write_bytes(theirs.read_bytes())
    (folder / "thresholds.yaml").write_text(PASSES)


def job(
    folder: Path,
    number: str,
    port: int,
    fault: str = "",
    lines: Sequence[str] = JOB["script"],
    **more: str,
) -> "subprocess.CompletedProcess[str]":
    """Run *lines* as a runner does: all of them in one shell, which the first that fails ends."""
    shop = f"http://127.0.0.1:{port}"
    # More than one command: the shell that has them stays there above the last.
    start = f"true; FAULT={fault} python -m swarmscope.demo.shop --port {port}; :"
    known = {
        "CI_JOB_ID": number,
        "CI_DEFAULT_BRANCH": "main",
        "HOST": shop,
        "TEST": "shop",
    }
    own = {
        **known,
        "START": start,
        "READY": f"{shop}/health",
        "RUN_TIME": "4s",
        "USERS": "10",
        "INFLUXDB_V2_URL": f"http://127.0.0.1:{free_port()}",
        **more,
    }
    env = {name: filled(value, known) for name, value in JOB["variables"].items()}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
        cwd=folder,
        env={"PATH": HERE, "HOME": str(folder), **env, **own},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=360,
    )
