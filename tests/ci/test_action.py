"""The action's own commands, in an empty folder with only what it installs.

First for a branch, then for pull requests to it. The service is the demo shop. What the runner's
own actions do (cache, artifacts) is done by `tests/fixtures/actions.py`.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import junitparser
import pytest
from tests.fixtures import readme
from tests.fixtures.actions import Runner, environment
from tests.fixtures.fake_github import FakeGithub, fake_github
from tests.fixtures.ports import free_port

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

SHOP = '"$LOAD_TEST_PYTHON" -m swarmscope.demo.shop --port'
THRESHOLDS = """
generators: off
fail:
  - failure_rate < 30%
  - requests > 10
"""


@dataclass
class Repository:
    """Somebody's repository with a load test, and what GitHub keeps of it."""

    folder: Path
    github: FakeGithub
    shop: int = field(default_factory=free_port)
    """Where the service is: runs about another address aren't compared."""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(100, 200)))

    def job(
        self, event: str, ref: str, *, base: str = "", fault: str = "", **inputs: str
    ) -> Runner:
        """Run the action for an *event*, as a new machine does."""
        home = self.folder / "home"
        payload = self.folder / "event.json"
        payload.write_text(json.dumps({"pull_request": {"number": 7}}))
        workspace = self.folder / "workspace"
        shutil.rmtree(workspace, ignore_errors=True)
        shutil.copytree(self.folder / "checkout", workspace)
        own = f"refs/heads/{ref}" if event != "pull_request" else "refs/pull/7/merge"
        runner = Runner(
            home,
            workspace,
            self.folder / "cache",
            self.folder / "artifacts",
            environment(HOME=str(home)),
            {
                "event_name": event,
                "ref_name": ref,
                "ref": own,
                "base_ref": base,
                "sha": "3f2a91c0",
                "run_id": str(next(self.numbers)),
                "run_attempt": "1",
                "repository": "me/shop",
                "server_url": self.github.url,
                "api_url": self.github.url,
                "event_path": str(payload),
            },
            scopes=(own, f"refs/heads/{base or 'main'}"),
            instead={"Install": self._installed} if (self.folder / "venv").exists() else {},
        )
        given = {
            "test": "shop, of mine",
            "host": f"http://127.0.0.1:{self.shop}",
            "start": f"FAULT={fault} {SHOP} {self.shop}",
            "ready": f"http://127.0.0.1:{self.shop}/health",
            "users": "10",
            "run-time": "4s",
            "port": str(free_port()),
            # Whether this machine is busy is nothing that these tests are about.
            "anyway": "true",
        }
        runner.run(self.folder / "project" / ".github" / "actions" / "load-test", given | inputs)
        venv = home / "temp" / "swarmscope" / "shop--of-mine" / "venv"
        if venv.exists():
            venv.rename(self.folder / "venv")
        return runner

    def _installed(self, temp: Path) -> None:
        """Take what the first job installed, which is at the same place then."""
        (self.folder / "venv").rename(temp / "swarmscope" / "shop--of-mine" / "venv")

    def entries(self) -> list[str]:
        """Return the keys of what the cache has, and of which branch."""
        return sorted(
            f"{p.parent.name}/{p.name}" for p in (self.folder / "cache").rglob("swarmscope.Linux*")
        )


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Repository]:
    """One whose branch `main` has had its first job."""
    folder = tmp_path_factory.mktemp("action")
    project = readme.clone(folder / "project")
    (folder / "checkout").mkdir()
    shutil.copy(project / ".github" / "load-test" / "locustfile.py", folder / "checkout")
    (folder / "checkout" / "thresholds.yaml").write_text(THRESHOLDS)
    with fake_github() as github:
        yield Repository(folder, github)


@pytest.fixture(scope="module")
def first(repository: Repository) -> Runner:
    """The first job of all, on the branch."""
    return repository.job("push", "main")


def test_the_first_run_of_a_branch_passes_says_it_was_not_compared_and_is_kept(
    repository: Repository, first: Runner
) -> None:
    assert first.code == 0, first.said
    assert first.outputs["verdict"] == "0"
    assert first.outputs["comparison"] == "3"
    assert "Run ci-100-1-shop--of-mine passed" in first.said["Did it pass?"]
    assert "Not compared" in first.summary
    assert "is kept under main, which has 1 run now" in first.said["Keep the run for later ones"]
    assert repository.entries() == ["main/swarmscope.Linux.shop--of-mine.main.100.1"]
    assert "Comment on the pull request" not in first.said


def test_its_artifact_has_report_verdict_and_logs(repository: Repository, first: Runner) -> None:
    kept = repository.folder / "artifacts" / "load-test-shop--of-mine"
    assert junitparser.JUnitXml.fromfile(str(kept / "thresholds.xml")).failures == 0
    assert (kept / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert "Live page" in (kept / "serve.log").read_text()
    assert "Aggregated" in (kept / "locust.log").read_text()
    assert (kept / "service.log").exists()


def test_a_pull_request_is_compared_and_told_of_in_one_comment(
    repository: Repository, first: Runner
) -> None:
    """One run before is no baseline to judge by: that is said, and turns nothing red."""
    runner = repository.job("pull_request", "7/merge", base="main")
    assert runner.code == 0, runner.said
    assert runner.outputs["comparison"] == "5"
    assert "::warning title=Load test::No comparison can be told" in runner.said["Tell it"]
    (comment,) = repository.github.comments
    assert comment["body"].startswith("<!-- swarmscope load test: shop--of-mine -->\n### Load test")
    assert "passed: 2 thresholds kept" in comment["body"]
    assert "can't tell" in comment["body"].lower()
    assert len(repository.entries()) == 1, "a pull request adds nothing to the baseline"


@pytest.mark.release  # GitLab's script does in what the action calls
def test_a_service_that_fails_turns_it_red_when_it_has_failed_twice(
    repository: Repository, first: Runner
) -> None:
    runner = repository.job("pull_request", "7/merge", base="main", fault="errors:60")
    said = runner.said["Did it pass?"]
    assert runner.code == 1, runner.said
    assert "Once more, to confirm it" in said
    assert "-confirm failed: failure_rate < 30% is broken" in said
    (comment,) = repository.github.comments
    assert "which failed: failure\\_rate" in comment["body"]


@pytest.mark.release
def test_what_is_worse_than_the_branch_is_red_though_it_keeps_its_thresholds(
    repository: Repository, first: Runner
) -> None:
    """Of failures two runs tell enough; of times ten would, which is the comparison's affair."""
    runner = repository.job("schedule", "main")
    assert runner.code == 0, runner.said
    assert "has 2 runs now" in runner.said["Keep the run for later ones"]
    wide = repository.folder / "checkout" / "wide.yaml"
    wide.write_text("generators: off\nfail: [failure_rate < 60%]\n")
    failing = {"fault": "errors:25", "thresholds": wide.name}
    runner = repository.job("pull_request", "7/merge", base="main", **failing)
    assert runner.outputs["verdict"] == "0", runner.said
    assert (runner.outputs["comparison"], runner.code) == ("1", 1), runner.said
    (comment,) = repository.github.comments
    assert "against 2 runs: worse: failure\\_rate of all endpoints 0 %" in comment["body"]
