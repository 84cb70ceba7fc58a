"""Findings of code quality, as GitLab reads and compares them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.gate.verdicts import (
    BROKEN,
    CERTAIN,
    DOUBT,
    KEPT,
    UNKNOWN,
    UNSURE,
    WARNED,
    judged,
    verdict,
)

from swarmscope.gate.code_quality import code_quality
from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.thresholds_file import Rule, read_file
from swarmscope.gate.verdict import Judged, RunVerdict

FILE = """\
warm_up: 5s
fail:
  - p95 < 300ms
  - threshold: >-
      failures
      < 10
    abort: true
warn:
  - "max < 2s"
"""


def findings(
    found: RunVerdict, file: str | Path | None = "thresholds.yaml", **env: str
) -> list[dict[str, Any]]:
    """Return them as GitLab takes them: behind the first that it doesn't know it drops all."""
    told = code_quality(found, Path(file) if file else None, env)
    assert not told.startswith("\ufeff"), "GitLab refuses a byte order mark"
    read: list[dict[str, Any]] = json.loads(told)
    for one in read:
        assert one.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert one["location"]["lines"]["begin"] >= 1
        assert not one["location"]["path"].startswith(("/", "./"))
    return read


@pytest.fixture
def rules(tmp_path: Path) -> tuple[Rule, ...]:
    path = tmp_path / "thresholds.yaml"
    path.write_text(FILE)
    return read_file(path).rules


def of(rule: Rule, like: Judged = BROKEN) -> Judged:
    return Judged(rule, like.result, like.certain)


def test_what_is_kept_is_no_finding() -> None:
    assert findings(verdict(KEPT, KEPT)) == []


def test_each_that_is_not_kept_is_one_at_its_line(rules: tuple[Rule, ...]) -> None:
    found = findings(verdict(*map(of, rules)), "load/thresholds.yaml")
    assert [(one["location"]["path"], one["location"]["lines"]["begin"]) for one in found] == [
        ("load/thresholds.yaml", line) for line in (3, 4, 9)
    ]
    assert found[0]["description"] == "p95 < 300ms is broken: 423 ms"


def test_how_grave_it_is() -> None:
    found = findings(verdict(BROKEN, CERTAIN, UNKNOWN, WARNED, UNSURE, doubts=DOUBT))
    grave = [one["severity"] for one in found]
    assert grave == ["critical", "critical", "major", "minor", "info", "major"]
    assert found[-1]["description"] == f"the run can't be judged: {DOUBT[0]}"
    assert found[-1]["location"] == {"path": "thresholds.yaml", "lines": {"begin": 1}}
    assert len({one["fingerprint"] for one in (found[0], found[1], found[3], found[5])}) == 4


def test_another_run_and_another_line_are_the_same_finding(
    rules: tuple[Rule, ...], tmp_path: Path
) -> None:
    (tmp_path / "thresholds.yaml").write_text("\n\n" + FILE)
    later = read_file(tmp_path / "thresholds.yaml").rules
    (old,) = findings(verdict(of(rules[0])))
    worse = Judged(later[0], replace(BROKEN.result, value=999.0), certain=True)
    (new,) = findings(RunVerdict("another", (worse,), ()))
    assert (old["location"]["lines"]["begin"], new["location"]["lines"]["begin"]) == (3, 5)
    assert old["fingerprint"] == new["fingerprint"]
    # A doubt has numbers of its run.
    first, second = (
        findings(verdict(KEPT, doubts=(f"its data is incomplete by {n} requests",))) for n in (2, 3)
    )
    assert first[0]["fingerprint"] == second[0]["fingerprint"]


def test_each_endpoint_file_and_job_has_its_own(rules: tuple[Rule, ...]) -> None:
    files = [findings(verdict(of(rules[0])), file)[0] for file in ("a.yaml", "b.yaml")]
    assert files[0]["fingerprint"] != files[1]["fingerprint"]
    one, other = (judged(Outcome.BROKEN, endpoint=(name, "GET")) for name in ("/a", "/b"))
    both = findings(verdict(one, other), CI_JOB_NAME="load-test")
    assert [finding["description"] for finding in both] == [
        "load-test: p95 < 300ms (GET /a) is broken: 423 ms",
        "load-test: p95 < 300ms (GET /b) is broken: 423 ms",
    ]
    both += findings(verdict(one), CI_JOB_NAME="load-test-2")
    assert len({finding["fingerprint"] for finding in both}) == 3


def test_a_file_is_named_from_the_repository_on(
    rules: tuple[Rule, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the job has gone into a folder of it."""
    (tmp_path / "load").mkdir()
    monkeypatch.chdir(tmp_path / "load")
    found = verdict(of(rules[0]))
    for file in ("thresholds.yaml", "./thresholds.yaml", tmp_path / "load" / "thresholds.yaml"):
        (one,) = findings(found, file, CI_PROJECT_DIR=str(tmp_path))
        assert one["location"]["path"] == "load/thresholds.yaml"


def test_what_was_typed_is_told_of_the_pipeline() -> None:
    (one,) = findings(verdict(BROKEN), None)
    assert one["location"] == {"path": ".gitlab-ci.yml", "lines": {"begin": 1}}
    (one,) = findings(verdict(KEPT, doubts=DOUBT), None, CI_CONFIG_PATH="ci/load.yml")
    assert one["location"]["path"] == "ci/load.yml"


@pytest.mark.parametrize("name", ["\x1b[2J\n", "\ud800", '"', "ünï 🙂"])
def test_any_name_is_text(name: str) -> None:
    (one,) = findings(verdict(judged(Outcome.BROKEN, endpoint=(name, "GET"))))
    assert one["description"].isprintable()
