"""What `influxdb/access.toml` says: the buckets, and each service's rights to them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.settings.values import retention

FOREVER = 0
"""InfluxDB's own word for a bucket without retention, in seconds."""
_NOBODY = 10001
"""Who such a service runs as where nobody said it: the Compose file's own default."""


@dataclass(frozen=True)
class Service:
    """One service's rights, and who may read its files."""

    name: str
    uid: int
    """Who may read its files, and nobody else."""
    read: tuple[str, ...]
    write: tuple[str, ...]
    secrets: tuple[str, ...]
    """Secrets of the host's folder that it gets besides its token."""


@dataclass(frozen=True)
class AccessPolicy:
    """The state that InfluxDB is brought to."""

    buckets: Mapping[str, int]
    """Bucket to retention in seconds; `FOREVER` keeps its points."""
    services: tuple[Service, ...]


def load(path: Path, environ: Mapping[str, str]) -> AccessPolicy:
    """Read the file at *path*.

    Raises:
        ConfigurationError: it can't be read, or says what can't be done.

    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"{path} can't be read: {error}.", remedy="Put it right, and `make up` again."
        ) from error
    buckets = {name: _retention(name, text) for name, text in document["buckets"].items()}
    override = environ.get("LOADTEST_RETENTION", "")
    if override:
        buckets[schema.BUCKET] = _retention("LOADTEST_RETENTION", override)
    user = _user(environ)
    services = tuple(_service(name, e, user) for name, e in document["services"].items())
    for service in services:
        unknown = {*service.read, *service.write} - buckets.keys()
        if unknown:
            raise ConfigurationError(
                f"{path} gives {service.name} rights to {', '.join(sorted(unknown))}, which is "
                "none of its buckets.",
                remedy=f"Its buckets are: {', '.join(buckets)}.",
            )
    return AccessPolicy(buckets, services)


def _user(environ: Mapping[str, str]) -> int:
    """Return the uid of who calls make, which `make up` found out."""
    text = environ.get("SWARMSCOPE_UID", "") or str(_NOBODY)
    try:
        return int(text)
    except ValueError as error:
        raise ConfigurationError(
            f"SWARMSCOPE_UID is {text!r}, which is no user's number.",
            data="InfluxDB was left as it is.",
            remedy="`make up` sets it.",
        ) from error


def _service(name: str, entry: Mapping[str, Any], user: int) -> Service:
    return Service(
        name,
        entry.get("uid", user),
        tuple(entry.get("read", ())),
        tuple(entry.get("write", ())),
        tuple(entry.get("secrets", ())),
    )


def _retention(name: str, text: str) -> int:
    try:
        return retention(text)
    except ValueError as error:
        raise ConfigurationError(
            f"The retention of {name} is {text!r}, which can't be used: {error}.",
            data="InfluxDB was left as it is.",
        ) from error
