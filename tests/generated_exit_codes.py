"""The page of exit codes: what each command says of its own; `tests.generated` writes it."""

import re
from importlib import import_module

from swarmscope.cli import COMMANDS
from swarmscope.errors import ExitCode

MEANINGS = {
    ExitCode.FINE: "all is well; of a verdict, passed, also with a warning",
    ExitCode.LIMIT_BROKEN: "a limit is broken: a threshold, or a run is worse than others",
    ExitCode.WRONG_USAGE: "an option, a setting or a file can't be used; nothing was done",
    ExitCode.NO_DATA: "the store answered, and has nothing of what was asked for",
    ExitCode.STORE_UNREACHABLE: "the store doesn't answer, or refuses us",
    ExitCode.INCONCLUSIVE: "nobody can tell: data is missing, a generator was saturated, too few "
    "requests or runs",
    ExitCode.OWN_FAULT: "an error of swarmscope's own, with its traceback; of any command",
    ExitCode.INTERRUPTED: "ended by Ctrl-C; of any command that doesn't say otherwise",
}
_SAID = re.compile(r"Exit codes: (.+?)\.(?:\s|$)")
_NEXT = re.compile(r", (?=\d+ )")


def said_by(name: str) -> dict[ExitCode, str]:
    """Return each exit code of the command *name* with what it means, as its file says."""
    text = " ".join((import_module(f"swarmscope.cli.{name}").__doc__ or "").split())
    found = _SAID.search(text)
    if not found:
        return {}
    parted = (part.split(" ", 1) for part in _NEXT.split(found[1]))
    return {ExitCode(int(code)): meaning for code, meaning in parted}


def exit_codes() -> str:
    """Return what each code means, and what it means of each command, as Markdown."""
    rows = ["| code | means |", "| --- | --- |"]
    rows += [f"| {code.value} | {meaning} |" for code, meaning in MEANINGS.items()]
    of_each = ["| command | ends with | when |", "| --- | --- | --- |"]
    for name in COMMANDS:
        for number, (code, meaning) in enumerate(said_by(name).items()):
            command = f"`swarmscope {name}`" if number == 0 else ""
            of_each.append(f"| {command} | {code.value} | {meaning} |")
    return "\n".join(
        (
            "# Exit codes\n",
            "A build stands on them, so *a limit is broken* is never the code of a tool that "
            "failed, and an answer that nobody can tell is never 0. A warning is no answer: a run "
            "that keeps what is below `fail` passes, whether one below `warn` is broken or can't "
            "be told.\n",
            *rows,
            "",
            "A build that lets 5 pass lets pass what nobody looked at. `make` ends with 2 for each "
            "code but 0: `make run` prints the one it was, and `scripts/run.sh` ends with it. A "
            "process that a signal ended has 128 and the signal's number, as everywhere.\n",
            "Where a file or what is printed can't be written, a command ends with 2. Those that "
            "judge (`check`, `compare`, `duet`, `trend`) say so before, where it can be known; a "
            "disk that is full by then hides no answer: 1 stays 1, and 5 stays 5. A reader who "
            "wants no more (`| head -1`) changes no code.\n",
            "Locust itself ends with 0, 1 or 5 of the same meaning where `SWARMSCOPE_EXIT_CODE` is "
            "on, and with 2, before anything is requested, where its file of thresholds can't be "
            "used, or the setting is on and none is named, or is neither on nor off: "
            "[thresholds](thresholds.md#while-the-run-goes-on).\n",
            "## Of each command\n",
            *of_each,
            "",
        )
    )
