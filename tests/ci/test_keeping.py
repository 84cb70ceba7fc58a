"""What becomes of a run behind its verdict: kept for others or not, and told of in plain words."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.fixtures.guides import ROOT

ACTION = ROOT / ".github" / "actions" / "load-test"
_TEMPLATE = (ROOT / ".gitlab" / "load-test.yml").read_text(encoding="utf-8")
GITLAB: dict[str, Any] = yaml.safe_load(_TEMPLATE)[".load-test"]
REASON = "Run new is inconclusive: its data is incomplete."
CHECKED = f"From a store:\n?     its data is incomplete\n{REASON}\n::error title=x::its data\n"
SWARMSCOPE = """#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
"baseline list --json") cat "$ASKED.baseline" ;;
"runs --limit "*) cat "$ASKED.runs" ;;
"baseline add"*) echo "said of it"; exit "${ADDING:-0}" ;;
"baseline remove"*) exit "${REMOVING:-0}" ;;
esac
"""


@dataclass
class Job:
    """The files of a job whose test has been run; its `swarmscope` notes what it is asked."""

    folder: Path

    def script(self, name: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run one of the action's scripts."""
        given = {
            "BASELINE": "main",
            "TEST": "shop",
            "SLUG": "shop",
            "STORE": ".swarmscope-ci/shop",
            "ANYWAY": "false",
            "START_ANEW": "false",
            "KEEP_RUNS": "2",
            "STATE": str(self.folder),
            "RESULTS": str(self.folder),
            "RUN": "new",
            "VERDICT": "0",
            "COMPARISON": "5",
        } | env
        settings = self.folder / "settings.sh"
        settings.write_text("")
        return subprocess.run(
            ["bash", ACTION / name],
            cwd=self.folder,
            env={
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "ASKED": str(self.folder / "asked"),
                "SETTINGS": str(settings),
                "GITHUB_ACTION_PATH": str(ACTION),
                "GITHUB_OUTPUT": str(self.folder / "output"),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
                "GITHUB_SERVER_URL": "https://github.example",
                "GITHUB_REPOSITORY": "me/shop",
                "GITHUB_RUN_ID": "7",
                **given,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def gitlab(self, verdict: str, comparison: str) -> "subprocess.CompletedProcess[str]":
        """Run what GitLab's script does behind verdict and comparison."""
        (first,) = (i for i, one in enumerate(GITLAB["script"]) if one.startswith("why="))
        return subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(GITLAB["script"][first:])],
            env={
                "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
                "ASKED": str(self.folder / "asked"),
                **GITLAB["variables"],
                **{"KEEPS": "true", "BASELINE": "main", "RESULTS": str(self.folder)},
                **{"run": "new", "verdict": verdict, "comparison": comparison},
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self) -> list[str]:
        """Return what `swarmscope` was asked to change."""
        lines = (self.folder / "asked").read_text().splitlines()
        return [line for line in lines if "--json" not in line]

    def read(self, name: str) -> str:
        """Return what a file has."""
        return (self.folder / name).read_text(encoding="utf-8")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "swarmscope"
    program.write_text(SWARMSCOPE)
    program.chmod(0o755)
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "asked").touch()
    (tmp_path / "verdict.txt").write_text(CHECKED)
    kept = [{"baseline": "main", "run": "kept"}, {"baseline": "other", "run": "old"}]
    (tmp_path / "asked.baseline").write_text(json.dumps(kept))
    runs = [{"run": name} for name in ("new", "newer", "kept", "old", "oldest")]
    (tmp_path / "asked.runs").write_text(json.dumps(runs))
    return Job(tmp_path)


ADDED = "baseline add new --name main"


@pytest.mark.parametrize(
    ("env", "asked"),
    [
        ({}, [ADDED]),
        ({"COMPARISON": "3"}, [ADDED]),
        ({"ANYWAY": "true"}, [f"{ADDED} --anyway"]),
        ({"VERDICT": "1"}, []),
        ({"VERDICT": "5"}, []),
        ({"COMPARISON": "1"}, []),
        # That is forgotten by now: what is worse is so than something else.
        ({"COMPARISON": "1", "START_ANEW": "true"}, []),
    ],
)
def test_a_run_that_failed_or_is_worse_is_not_kept_for_others(
    job: Job, env: dict[str, str], asked: list[str]
) -> None:
    done = job.script("keep.sh", STORE="", **env)
    assert done.returncode == 0, done.stderr
    assert job.asked() == asked
    assert job.read("output") == "kept=true\n"


@pytest.mark.parametrize(
    ("verdict", "comparison", "said"),
    [
        ("1", "0", "This run didn't pass, and is not in the baseline."),
        ("3", "0", "This run wasn't judged (exit code 3), and is not in the baseline."),
        ("0", "1", "This run is worse than those before, and is not in the baseline."),
        ("0", "5", "said of it"),
        (
            *("5", "0"),
            "Nobody can tell whether this run passed, and it is not in the baseline. " + REASON,
        ),
    ],
)
def test_why_a_run_is_not_kept_is_said_and_by_both_in_the_same_words(
    job: Job, verdict: str, comparison: str, said: str
) -> None:
    """Nobody can tell for many reasons: which of them it was `swarmscope check` says."""
    done = job.script("keep.sh", STORE="", VERDICT=verdict, COMPARISON=comparison)
    assert done.returncode == 0, done.stderr
    assert job.read("kept.txt").startswith(said)
    theirs = job.gitlab(verdict, comparison)
    assert theirs.stdout.startswith(said)
    # And last of all what the job ends with: by then why stands far above.
    assert theirs.returncode == int(verdict) or comparison == "1"
    assert (f"Exit code {verdict}: {REASON}" in theirs.stdout) is (verdict != "0")


@pytest.mark.parametrize(
    ("env", "code"),
    [
        ({"ADDING": "5"}, 0),
        ({"ADDING": "4"}, 4),
    ],
)
def test_a_refusal_is_said_and_what_goes_wrong_is_an_error(
    job: Job, env: dict[str, str], code: int
) -> None:
    assert job.script("keep.sh", **env).returncode == code
    assert code or "said of it" in job.read("kept.txt")


def test_old_runs_go_but_for_those_that_others_are_compared_with(job: Job) -> None:
    job.script("keep.sh")
    assert job.asked() == [ADDED, "delete old --yes", "delete oldest --yes"]


def test_of_a_store_of_one_s_own_nothing_is_deleted(job: Job) -> None:
    job.script("keep.sh", STORE="")
    assert job.asked() == [ADDED]


def test_where_nothing_could_be_compared_the_comment_says_why_and_what_makes_a_baseline(
    job: Job,
) -> None:
    (job.folder / "verdict.md").write_text("the verdict\n")
    (job.folder / "comparison.txt").write_text("swarmscope: no baseline main.\n")
    done = job.script("tell.sh", COMPARISON="3")
    assert done.returncode == 0, done.stderr
    comment, summary = job.read("comment.md"), job.read("summary")
    assert comment.startswith(
        "<!-- swarmscope load test: shop -->\n### Load test <code>shop</code>"
    )
    assert "the verdict\n" in comment
    for text in (comment, summary):
        assert (
            "Not compared** with <code>main</code>: <code>swarmscope: no baseline main.</code>"
            in text
        )
        assert "on each push and each night" in text
    assert "::warning title=Load test::No comparison can be told" in done.stdout
    assert "https://github.example/me/shop/actions/runs/7" in comment


def test_a_comparison_is_told_as_it_is(job: Job) -> None:
    (job.folder / "comparison.md").write_text("the table\n")
    done = job.script("tell.sh", COMPARISON="1", VERDICT="2")
    assert "the table\n" in job.read("comment.md")
    assert "Not judged** (exit code 2)" in job.read("comment.md")
    assert done.stdout == ""


def test_what_a_branch_is_called_draws_nothing(job: Job) -> None:
    odd = "<img src=x>`**![x](http://tracker.example)"
    job.script("tell.sh", BASELINE=odd, TEST=odd)
    for name in ("comment.md", "summary"):
        assert "&lt;img src=x&gt;&#96;&#42;&#42;!&#91;x&#93;(http" in job.read(name)
