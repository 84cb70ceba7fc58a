"""What a backup is made of, and what each part of it may hold."""

from pathlib import Path

import pytest

from swarmscope.stack.access import Service
from swarmscope.stack.volumes import INFLUXDB, Volume, of_stack

SERVICES = (Service("grafana", 10_472, ("loadtest",), (), ("grafana-password",)),)


@pytest.fixture
def volumes(tmp_path: Path) -> dict[str, Volume]:
    (tmp_path / "secrets").mkdir(0o700)
    return of_stack(tmp_path, SERVICES)


def test_each_service_has_a_volume_of_its_own_for_its_token(volumes: dict[str, Volume]) -> None:
    assert list(volumes) == ["secrets", "influxdb-data", "grafana-data", "token-grafana"]
    assert all(name == volume.name for name, volume in volumes.items())


def test_a_token_is_read_by_its_service_alone(volumes: dict[str, Volume]) -> None:
    token = volumes["token-grafana"]
    assert (token.owner, token.file_mode) == ((10_472, 10_472), 0o400)
    assert token.known == {"token", "token-id", "grafana-password"}


def test_programs_are_only_where_plugins_are(volumes: dict[str, Volume]) -> None:
    assert [name for name, volume in volumes.items() if volume.programs] == ["grafana-data"]


def test_no_file_is_for_all(volumes: dict[str, Volume]) -> None:
    assert all(not volume.file_mode & 0o077 for volume in volumes.values())


def test_secrets_are_whose_the_folder_is(volumes: dict[str, Volume], tmp_path: Path) -> None:
    host = (tmp_path / "secrets").stat()
    assert volumes["secrets"].owner == (host.st_uid, host.st_gid)
    assert volumes["influxdb-data"].owner == (INFLUXDB, INFLUXDB)


def test_what_is_small_has_a_bound(volumes: dict[str, Volume]) -> None:
    bounded = {name for name, volume in volumes.items() if volume.most_bytes is not None}
    assert bounded == {"secrets", "token-grafana"}
