"""``swarmscope doctor``: what is configured, what works, and the next step where it doesn't."""

import json
from dataclasses import fields
from typing import Any

import typer

from swarmscope.cli._checks import check_listener, check_packages, check_store
from swarmscope.cli._finding import Finding, Level
from swarmscope.cli._spool_checks import check_spool
from swarmscope.cli._store import Json, Url, configured
from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.settings import Settings, proxies
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
        findings.append(Finding("settings", Level.WRONG, error.happened, error.remedy))
    else:
        findings += check_store(settings)
        findings += check_spool(settings)
    findings += check_packages()
    findings.append(check_listener())
    shown = masked(settings) if settings else {}
    typer.echo(_json(shown, findings) if as_json else _text(shown, findings))
    raise typer.Exit(exit_code(findings))


def exit_code(findings: list[Finding]) -> ExitCode:
    """Return what the command ends with: a store that doesn't answer before anything else."""
    levels = {finding.level for finding in findings}
    if Level.UNREACHABLE in levels:
        return ExitCode.STORE_UNREACHABLE
    return ExitCode.WRONG_USAGE if Level.WRONG in levels else ExitCode.FINE


def masked(settings: Settings) -> dict[str, str]:
    """Return the settings by their variables' names, with nothing in them that opens a door."""
    shown = {f.metadata["env"]: _plain(getattr(settings, f.name)) for f in fields(settings)}
    for name in ("SWARMSCOPE_PROXY", "HTTP_PROXY", "HTTPS_PROXY"):
        shown[name] = proxies.masked(shown[name])
    shown["INFLUXDB_V2_TOKEN"] = "(set)" if settings.token else ""
    return shown


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{k}={v}" for k, v in value.items())
    return str(value)


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
