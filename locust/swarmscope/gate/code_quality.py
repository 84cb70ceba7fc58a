"""A verdict as GitLab's report of code quality: what isn't kept, where it was asked for."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import Judged, RunVerdict, reason_of
from swarmscope.terminal import one_line

_GRAVE = {
    (Outcome.BROKEN, Severity.FAIL): "critical",
    (Outcome.UNKNOWN, Severity.FAIL): "major",
    (Outcome.BROKEN, Severity.WARN): "minor",
    (Outcome.UNKNOWN, Severity.WARN): "info",
}
_PIPELINE = ".gitlab-ci.yml"


def code_quality(found: RunVerdict, file: Path | None, env: Mapping[str, str]) -> str:
    """Return a finding for each threshold that isn't kept, and one for what is doubtful of the run.

    The thresholds' *file* is named from the repository's folder on, which *env* knows in a job of
    GitLab's; what was typed is told of the pipeline's own file. GitLab compares findings with the
    target branch's by their fingerprints: nothing is in them that another run would say otherwise.
    """
    findings = list(_findings(found, _path(file, env), env))
    return json.dumps(findings, indent=2, ensure_ascii=False) + "\n"


def _findings(found: RunVerdict, path: str, env: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    job, typed = env.get("CI_JOB_NAME", ""), env.get("CI_CONFIG_PATH") or _PIPELINE
    for one in found.judged:
        if one.result.outcome is not Outcome.KEPT:
            grave = _GRAVE[one.result.outcome, one.rule.severity]
            at = (path, one.rule.line) if one.rule.line else (typed, 1)
            yield _finding(job, reason_of(one), grave, at, _named(one))
    if found.doubts:
        told = f"the run can't be judged: {'; '.join(found.doubts)}"
        yield _finding(job, told, "major", (path or typed, 1), ("doubts",))


def _finding(
    job: str, told: str, grave: str, at: tuple[str, int], named: tuple[str, ...]
) -> dict[str, Any]:
    path, line = at
    # Two jobs may ask for the same: GitLab puts all of a pipeline's findings together.
    fingerprint = sha256(json.dumps([job, path, *named]).encode()).hexdigest()
    return {
        "description": one_line(f"{job}: {told}" if job else told),
        "check_name": "swarmscope check",
        "fingerprint": fingerprint,
        "severity": grave,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _named(one: Judged) -> tuple[str, ...]:
    return (one.rule.severity, one.sentence, *(one.result.endpoint or ()))


def _path(file: Path | None, env: Mapping[str, str]) -> str:
    if file is None:
        return ""
    root = Path(env.get("CI_PROJECT_DIR") or ".").resolve()
    whole = file.resolve()
    return (whole.relative_to(root) if whole.is_relative_to(root) else file).as_posix()
