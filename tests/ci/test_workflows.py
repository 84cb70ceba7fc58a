"""The workflows and the action: actionlint, shellcheck, pins, and no more rights than needed."""

import json
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for
from tests.fixtures.blocks import blocks
from tests.fixtures.guides import ROOT

HERE = Path(__file__).parent
STARTED = ROOT / "locust" / "swarmscope" / "starter" / "templates" / "workflow.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / ".github" / "actions" / "load-test" / "action.yml"
GITLAB = ROOT / ".gitlab" / "load-test.yml"
PAGE = "docs/ci.md"
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40}")


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as a truth.
    return {("on" if key is True else key): value for key, value in found.items()}


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build it from its locked sources: Python's index has a package that loads a binary."""
    if not shutil.which("go"):
        pytest.skip("no go on PATH: actionlint can't be built")
    program = tmp_path_factory.mktemp("actionlint") / "actionlint"
    line = ["go", "build", "-o", program, "github.com/rhysd/actionlint/cmd/actionlint"]
    done = subprocess.run(
        line, cwd=HERE / "actionlint", capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"actionlint can't be built here: {done.stderr[-300:]}")
    return program


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository that has ours, the examples of the page, and what `init` writes."""
    shutil.copytree(ROOT / ".github", tmp_path / ".github")
    (tmp_path / ".git").mkdir()
    init = [sys.executable, "-c", "from swarmscope.cli import main; main()", "init", "started"]
    subprocess.run(init, cwd=tmp_path, check=True)
    assert (tmp_path / ".github" / "workflows" / "started.yml").is_file()
    for number, block in enumerate(_examples()):
        # Of another repository: it is read from there by GitHub alone.
        path = tmp_path / ".github" / "workflows" / f"example-{number}.yml"
        path.write_text(block, encoding="utf-8")
    return tmp_path


def _yaml_of(page: str, first: str) -> list[str]:
    """Return the blocks of *page* that begin so."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [one.text for one in blocks(text) if one.text.startswith(first)]


def _examples() -> list[str]:
    return _yaml_of(PAGE, "# .github/workflows/")


def test_the_page_has_examples() -> None:
    assert len(_examples()) >= 2


def unlike(schema: str, path: Path) -> list[str]:
    """Return where a file isn't as its schema has it; actionlint knows more, of workflows alone."""
    vendor = files("check_jsonschema") / "builtin_schemas" / "vendor"
    told = json.loads((vendor / f"{schema}.json").read_text(encoding="utf-8"))
    # Of a job that others extend, whose name begins with a dot, GitLab's takes anything.
    found = {name.removeprefix("."): value for name, value in read(path).items()}
    return [
        f"{path.name}: {error.json_path}: {error.message}"
        for error in validator_for(told)(told).iter_errors(found)
    ]


def test_each_file_is_one_as_its_schema_has_it(repository: Path, tmp_path: Path) -> None:
    workflows = sorted((repository / ".github" / "workflows").glob("*.yml"))
    assert len(workflows) >= len(WORKFLOWS) + 3
    pipelines = [GITLAB]
    examples = (*_yaml_of(PAGE, "# .gitlab-ci.yml"), *_yaml_of("docs/thresholds.md", "load-test:"))
    for number, block in enumerate(examples):
        pipelines.append(tmp_path / f"{number}.gitlab-ci.yml")
        pipelines[-1].write_text(block, encoding="utf-8")
    assert len(pipelines) == 3
    told = {"github-workflows": workflows, "github-actions": [ACTION], "gitlab-ci": pipelines}
    found = [
        one for schema, paths in told.items() for path in paths for one in unlike(schema, path)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("schema", "path", "said", "wrong"),
    [
        ("github-workflows", WORKFLOWS[-1], "runs-on: ${{", "runs_on: ${{"),
        ("github-actions", ACTION, "using: composite", "using: composit"),
        ("gitlab-ci", GITLAB, "when: always", "when: allways"),
    ],
)
def test_its_schema_would_refuse_it(
    tmp_path: Path, schema: str, path: Path, said: str, wrong: str
) -> None:
    text = path.read_text(encoding="utf-8")
    assert said in text
    (tmp_path / path.name).write_text(text.replace(said, wrong), encoding="utf-8")
    assert unlike(schema, tmp_path / path.name)


@pytest.mark.long
def test_actionlint_finds_nothing(actionlint: Path, repository: Path) -> None:
    done = subprocess.run(
        [actionlint, "-no-color"], cwd=repository, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout


@pytest.mark.long
def test_actionlint_would_find_something(actionlint: Path, repository: Path) -> None:
    path = repository / ".github" / "workflows" / "demo.yml"
    path.write_text(path.read_text().replace('cron: "17 3', 'cron: "77 3'))
    done = subprocess.run([actionlint], cwd=repository, capture_output=True, text=True, check=False)
    assert "demo.yml" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("path", [ACTION, STARTED, *WORKFLOWS], ids=lambda path: path.name)
def test_what_others_made_is_pinned_by_its_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+)", path.read_text(encoding="utf-8"))
    assert used
    assert [one for one in used if not one.startswith("./") and not PINNED.fullmatch(one)] == []


def test_each_script_is_one_that_shellcheck_likes(tmp_path: Path) -> None:
    """Actionlint reads workflows, and no action's steps."""
    steps = [one for one in read(ACTION)["runs"]["steps"] if "run" in one]
    files = sorted(ACTION.parent.glob("*.sh"))
    for number, one in enumerate(steps):
        file = tmp_path / f"{number}.sh"
        file.write_text(f"#!/bin/bash\n# shellcheck source=/dev/null\n{one['run']}")
        files.append(file)
    shellcheck = shutil.which("shellcheck") or str(ROOT / ".venv" / "bin" / "shellcheck")
    line = [shellcheck, "--severity=warning", "--exclude=SC2154,SC1091", *files]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_script_has_an_expression_in_it() -> None:
    """GitHub puts its value there as text, which the shell then reads."""
    jobs = [job for path in WORKFLOWS for job in read(path)["jobs"].values()]
    steps = [*read(ACTION)["runs"]["steps"], *(one for job in jobs for one in job.get("steps", ()))]
    assert [one["run"] for one in steps if "${{" in one.get("run", "")] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_right_but_what_a_job_asks_for(path: Path) -> None:
    told = read(path)
    assert told["permissions"] == {}
    for job in told["jobs"].values():
        assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    assert "pull_request_target" not in told["on"]


def test_the_reusable_workflow_hands_on_every_input() -> None:
    told = read(ROOT / ".github" / "workflows" / "load-test.yml")
    given = told["on"]["workflow_call"]["inputs"]
    (step,) = (one for one in told["jobs"]["load-test"]["steps"] if "with" in one and "id" in one)
    assert step["with"].keys() <= read(ACTION)["inputs"].keys()
    assert step["with"].keys() == given.keys() - {"runs-on", "timeout-minutes"}
    for name, value in step["with"].items():
        assert value == f"${{{{ inputs.{name} }}}}"
        own = read(ACTION)["inputs"][name].get("default", "")
        assert str(given[name].get("default", "")).lower() == str(own), name


def test_a_called_workflow_waits_in_no_group_of_its_caller() -> None:
    """`github.workflow` is the caller's name there: both would wait for each other."""
    told = read(ROOT / ".github" / "workflows" / "load-test.yml")
    group = told["jobs"]["load-test"]["concurrency"]
    assert "github.workflow" not in group["group"]
    assert group["group"].startswith("swarmscope-load-test-")
    assert group["cancel-in-progress"] == "${{ github.event_name == 'pull_request' }}"


def test_every_input_of_the_action_is_on_the_page() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    missing = [name for name in read(ACTION)["inputs"] if f"`{name}`" not in page]
    assert missing == []
