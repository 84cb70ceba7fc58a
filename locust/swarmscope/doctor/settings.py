"""The settings, as they may be shown, and what is wrong with them."""

from dataclasses import fields
from typing import Any

from swarmscope.doctor.finding import Finding, Level
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings, proxies


def refused(error: ConfigurationError) -> Finding:
    """Say why they can't be used."""
    return Finding("settings", Level.WRONG, error.happened, error.remedy)


def masked(settings: Settings) -> dict[str, str]:
    """Return the settings by their variables' names, with nothing in them that opens a door."""
    shown = {f.metadata["env"]: _plain(getattr(settings, f.name)) for f in fields(settings)}
    for name in ("SWARMSCOPE_PROXY", "HTTP_PROXY", "HTTPS_PROXY"):
        shown[name] = proxies.masked(shown[name])
    shown["INFLUXDB_V2_TOKEN"] = "(set)" if settings.token else ""
    return shown


def _plain(value: Any) -> str:
    """Return *value* as it can be written into its variable again."""
    match value:
        case None:
            return ""
        case bool():
            return "on" if value else "off"
        case float():
            return f"{value:.15g}"
        case dict():
            return ",".join(f"{k}={v}" for k, v in value.items())
        case frozenset():
            return ",".join(sorted(value))
    return str(value)
