"""What a backup of the stack is made of: its volumes and the host's folder of secrets."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from swarmscope.stack import vault
from swarmscope.stack.access import Service

SECRETS = "secrets"
"""The host's own folder: everything else is a volume that only containers see."""
_KIB = 1024
INFLUXDB = 65523
"""The user of its container: none that a machine has."""
_GRAFANA = (472, 0)


@dataclass(frozen=True)
class Volume:
    """One folder below the archive's, and what may lie in it.

    Owners and rights are said here, never by an archive.
    """

    name: str
    owner: tuple[int, int]
    """User and group of everything in it."""
    own_root: tuple[int, int, int] | None = None
    """User, group and mode of the folder itself; None: as it is."""
    file_mode: int = 0o600
    programs: bool = False
    """Whether a file may be one to run, as Grafana's plugins are."""
    known: frozenset[str] | None = None
    """The names that may stand at its top; None: any."""
    most_files: int = 200_000
    most_bytes: int | None = None
    """How large its files may be together; None: as there is room."""


def of_stack(root: Path, services: Iterable[Service]) -> dict[str, Volume]:
    """Return the volumes of the stack of *services*, by name; their folders are below *root*."""
    host = (root / SECRETS).stat()
    secrets = Volume(
        SECRETS,
        (host.st_uid, host.st_gid),
        known=frozenset(
            (
                vault.GRAFANA_PASSWORD,
                vault.INFLUXDB_PASSWORD,
                vault.OPERATOR_TOKEN,
                *vault.FOLDERS,
            )
        ),
        most_files=10_000,
        most_bytes=16 * _KIB * _KIB,
    )
    data = (
        Volume("influxdb-data", (INFLUXDB, INFLUXDB), (INFLUXDB, INFLUXDB, 0o700)),
        Volume("grafana-data", _GRAFANA, (*_GRAFANA, 0o700), programs=True),
    )
    tokens = (_of_token(service) for service in services)
    return {volume.name: volume for volume in (secrets, *data, *tokens)}


def _of_token(service: Service) -> Volume:
    return Volume(
        f"token-{service.name}",
        (service.uid, service.uid),
        # As Docker makes a volume: whose the file in it is, is said by the file.
        (0, 0, 0o755),
        file_mode=0o400,
        known=frozenset(("token", "token-id", *service.secrets)),
        most_files=10,
        most_bytes=64 * _KIB,
    )
