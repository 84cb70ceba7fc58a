"""The files of a starter folder: for the demo, and for a service of one's own."""

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from swarmscope.gate.thresholds_file import read_file
from swarmscope.starter.credentials import Credential
from swarmscope.starter.files import Place, contents
from swarmscope.starter.source import DEMO, DEMO_HOST, Source

SECRET = Source("t", "o", DEMO.calls, credentials=[Credential("header", "X-Key")])


def _made(folder: Path, source: Source = DEMO, host: str = DEMO_HOST) -> dict[str, str]:
    return {path.name: text for path, text in contents(source, host, Place.of(folder)).items()}


@pytest.mark.parametrize("source", [DEMO, SECRET])
def test_no_field_of_a_template_is_left(tmp_path: Path, source: Source) -> None:
    assert [text for text in _made(tmp_path / "x", source).values() if "~" in text] == []


def test_the_workflow_fails_on_what_there_is_to_fail_on(tmp_path: Path) -> None:
    workflow = yaml.safe_load(_made(tmp_path / "x")["x.yml"])
    steps = workflow["jobs"]["load-test"]["steps"]
    runs = [step.get("run", "") for step in steps]
    again = "locust --headless --only-summary --exit-code-on-error 0"
    judged = runs.index(
        'swarmscope check --thresholds thresholds.yaml --junit "$RUNNER_TEMP/thresholds.xml" \\\n'
        f"  --confirm '{again}'\n"
    )
    assert again in runs[:judged]
    # What comes behind a step that failed needs its own word to run.
    assert {step["if"] for step in steps[judged:]} == {"${{ !cancelled() }}"}
    assert [step for step in steps if step.get("continue-on-error")] == []
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["env"]["LOCUST_HOST"] == DEMO_HOST


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        (None, 2, "SWARMSCOPE says nothing. Set it above to what pip installs.\n"),
        ("swarmscope[cli] @ git+https://x", 0, "install swarmscope[cli] @ git+https://x\n"),
    ],
)
def test_the_workflow_installs_what_it_is_told_and_nothing_by_a_name_of_its_own(
    tmp_path: Path, told: str | None, code: int, said: str
) -> None:
    workflow = yaml.safe_load(_made(tmp_path / "x")["x.yml"])
    (install,) = (s for s in workflow["jobs"]["load-test"]["steps"] if s.get("name") == "Install")
    wanted = workflow["env"]["SWARMSCOPE"] if told is None else told
    done = subprocess.run(
        ["bash", "-ec", f'pip() {{ echo "$@"; }}\n{install["run"]}'],
        env={"SWARMSCOPE": wanted},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (code, said)


@pytest.mark.parametrize("name", ["x", "a b", "q\"uo'te", "new\nline", "..x", "#hash", "ü"])
def test_its_thresholds_can_be_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(_made(tmp_path / name)["thresholds.yaml"])
    found = read_file(path)
    assert [rule.sentence for rule in found.rules] == [
        "failure_rate < 1%",
        "p95 < 1s",
        "max < 5s of each endpoint",
    ]
    assert (found.warm_up, found.generators) == (10, True)


def test_the_demo_shop_is_opened_for_its_own_test_alone(tmp_path: Path) -> None:
    assert "swarmscope.demo.shop" in _made(tmp_path / "x")["x.yml"]
    other = _made(tmp_path / "x", host="http://localhost:9000/api")
    assert [name for name, text in other.items() if "demo.shop" in text] == []
    assert "LOCUST_HOST=http://host.docker.internal:9000/api\n" in other["README.md"]


def test_what_lets_it_in_is_handed_on_and_written_nowhere(tmp_path: Path) -> None:
    made = _made(tmp_path / "x", SECRET, "https://h")
    assert "#TARGET_X_KEY=\n" in made[".env"]
    override = yaml.safe_load(made["compose.override.yml"])
    assert set(override["services"]) == {"locust-master", "locust-worker", "check"}
    assert override["services"]["locust-worker"]["environment"] == {"TARGET_X_KEY": None}
    env = yaml.safe_load(made["x.yml"])["env"]
    assert env["TARGET_X_KEY"] == "${{ secrets.TARGET_X_KEY }}"
    assert "`TARGET_X_KEY`" in made["README.md"]
    assert "    export TARGET_X_KEY=…\n    make up" in made["README.md"]
    assert yaml.safe_load(_made(tmp_path)["compose.override.yml"])["services"]["check"] == {
        "environment": {}
    }


@pytest.mark.parametrize("name", ["a b", "q\"uo'te", "new\nline", "..x", "#hash", "ü"])
def test_any_name_of_a_folder_is_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / ".git").mkdir()
    place = Place.of(tmp_path / name)
    made = contents(DEMO, DEMO_HOST, place)
    job = yaml.safe_load(made[place.workflow])["jobs"]["load-test"]
    assert job["defaults"]["run"]["working-directory"] == name
    assert json.dumps(place.test).strip('"') == place.test
