"""``swarmscope doctor``: what is configured, what works, and the next step where it doesn't.

Exit codes: 0 nothing is wrong, 2 something is, 4 the store can't be reached.
"""

import json

import typer

from swarmscope.cli._store import Json, Url, configured
from swarmscope.doctor import examine
from swarmscope.doctor.finding import Finding, Level, exit_code
from swarmscope.doctor.settings import masked, refused
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.terminal import one_line

_SIGNS = {
    Level.FINE: "ok",
    Level.WARNING: "!",
    Level.WRONG: "WRONG",
    Level.UNREACHABLE: "WRONG",
}


def doctor(url: Url = None, as_json: Json = False) -> None:
    """Look at settings, store, clock, token, spool and installation, and say what to do."""
    settings: Settings | None = None
    findings: list[Finding] = []
    try:
        settings = configured(url)
    except ConfigurationError as error:
        findings.append(refused(error))
    findings += examine(settings)
    shown = masked(settings) if settings else {}
    typer.echo(_json(shown, findings) if as_json else _text(shown, findings))
    raise typer.Exit(exit_code(findings))


def _json(shown: dict[str, str], findings: list[Finding]) -> str:
    told = {"settings": shown, "findings": [vars(finding) for finding in findings]}
    return json.dumps(told, indent=2, ensure_ascii=False)


def _text(shown: dict[str, str], findings: list[Finding]) -> str:
    width = max((len(name) for name in shown), default=0)
    lines = [f"{name:<{width}}  {one_line(value)}".rstrip() for name, value in shown.items()]
    if lines:
        lines.append("")
    for finding in findings:
        lines.append(f"{_SIGNS[finding.level]:<6} {finding.topic}: {one_line(finding.message)}")
        if finding.remedy:
            lines.append(f"       {finding.remedy}")
    return "\n".join(lines)
