"""What GitHub's runners show of a verdict: annotations of the run, and the step's summary."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from swarmscope.gate.markdown import markdown
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import RunVerdict, assumptions
from swarmscope.terminal import one_line

_MOST = 10
"""GitHub shows no more annotations of one step."""


def is_there(env: Mapping[str, str]) -> bool:
    """Whether a runner of GitHub's reads what is printed."""
    return env.get("GITHUB_ACTIONS") == "true"


def annotations(found: RunVerdict) -> Iterator[str]:
    """Yield a workflow command for each reason, what decides first, and a warning for a warning.

    A notice says what nobody wrote, where that is taken for 0, or that all is well.
    """
    title = _property(f"Load test {found.verdict}")
    told = [("error", reason) for reason in found.reasons(Severity.FAIL)]
    told += [("warning", reason) for reason in found.reasons(Severity.WARN)]
    told = told or [("notice", found.sentence())]
    told += [("notice", assumed) for assumed in assumptions(found)]
    for level, reason in told[:_MOST]:
        yield f"::{level} title={title}::{_data(reason)}"


def append_summary(found: RunVerdict, env: Mapping[str, str]) -> None:
    """Append the verdict to the step's summary, where the runner names a file for it.

    Raises:
        OSError: it can't be written.

    """
    path = env.get("GITHUB_STEP_SUMMARY")
    if path:
        with Path(path).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(markdown(found))


def _data(text: str) -> str:
    return one_line(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
