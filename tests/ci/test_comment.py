"""The one comment on a pull request: updated wherever it is, and only by who wrote it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.fixtures.fake_github import BOT, FakeGithub, fake_github
from tests.fixtures.guides import ROOT

SCRIPT = ROOT / ".github" / "actions" / "load-test" / "comment.py"
MARKER = "<!-- swarmscope load test: shop -->"


@pytest.fixture
def github() -> Iterator[FakeGithub]:
    with fake_github() as found:
        yield found


def comment(github: FakeGithub, folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    """Let the script write *text* below the marker."""
    event, file = folder / "event.json", folder / "comment.md"
    event.write_text(json.dumps({"pull_request": {"number": 7}}))
    file.write_text(f"{MARKER}\n{text}")
    return subprocess.run(
        [sys.executable, SCRIPT, file],
        env={
            "PATH": os.environ["PATH"],
            "TOKEN": "secret",
            "COMMENT_AUTHOR": BOT,
            "GITHUB_API_URL": github.url,
            "GITHUB_REPOSITORY": "me/shop",
            "GITHUB_EVENT_PATH": str(event),
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_is_written_once_and_then_changed(github: FakeGithub, tmp_path: Path) -> None:
    for text in ("passed", "failed", "passed again"):
        done = comment(github, tmp_path, text)
        assert done.returncode == 0, done.stderr
    (one,) = github.comments
    assert one["body"] == f"{MARKER}\npassed again"
    assert one["html_url"] in done.stdout
    assert github.asked[1] == "POST /repos/me/shop/issues/7/comments"
    assert github.asked[-1] == "PATCH /repos/me/shop/issues/comments/1"
    assert github.tokens == {"Bearer secret"}


@pytest.mark.parametrize("before", [30, 99, 250])
def test_in_a_long_discussion_it_is_found_all_the_same(
    github: FakeGithub, tmp_path: Path, before: int
) -> None:
    for number in range(before):
        github.add(f"a word {number}", "somebody")
    for _ in range(2):
        comment(github, tmp_path, "passed")
    assert len(github.comments) == before + 1


def test_what_others_wrote_stays_as_it_is(github: FakeGithub, tmp_path: Path) -> None:
    """Whoever quotes the comment, or copies it, has the marker in his own."""
    github.add(f"{MARKER}\nI copied that", "somebody")
    github.add(f"> {MARKER}", BOT)
    github.add("<!-- swarmscope load test: shop-2 -->\nof another test", BOT)
    github.add(f"{MARKER}\nold", BOT)
    kept = [dict(one) for one in github.comments[:3]]
    comment(github, tmp_path, "new")
    assert github.comments[:3] == kept
    assert github.comments[3]["body"].endswith("new")


@pytest.mark.parametrize(("refused", "code"), [(403, 0), (404, 0), (401, 0), (500, 1), (422, 1)])
def test_a_token_that_may_not_is_no_error_and_anything_else_is(
    github: FakeGithub, tmp_path: Path, refused: int, code: int
) -> None:
    github.refuses = refused
    done = comment(github, tmp_path, "passed")
    assert done.returncode == code
    assert ("::notice title=Load test::The verdict is in this job's summary" in done.stdout) == (
        code == 0
    )
    assert github.comments == []


def test_what_is_too_long_is_cut(github: FakeGithub, tmp_path: Path) -> None:
    comment(github, tmp_path, "row\n" * 100_000)
    (one,) = github.comments
    assert 60_000 < len(one["body"]) < 65_536
    assert one["body"].endswith("…")
