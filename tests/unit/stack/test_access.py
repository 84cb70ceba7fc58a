"""influxdb/access.toml: what is read from it, and what is refused."""

from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.schema import BUCKET, BUCKET_LONG
from swarmscope.stack.access import FOREVER, load

SHIPPED = Path(__file__).parents[3] / "influxdb/access.toml"


def written(folder: Path, text: str) -> Path:
    path = folder / "access.toml"
    path.write_text(text)
    return path


def test_the_shipped_file_has_the_contract_s_buckets_and_retention() -> None:
    state = load(SHIPPED, {})
    assert dict(state.buckets) == {BUCKET: 30 * 86_400, BUCKET_LONG: FOREVER}


def test_only_the_cli_and_the_master_may_both_read_and_write() -> None:
    rights = {s.name: (bool(s.read), bool(s.write)) for s in load(SHIPPED, {}).services}
    assert rights == {
        "locust": (False, True),
        "locust-master": (True, True),
        "telegraf": (False, True),
        "grafana": (True, False),
        "cli": (True, True),
        "collector": (False, True),
    }


def test_the_environment_overrides_the_retention_of_the_raw_points_only() -> None:
    state = load(SHIPPED, {"LOADTEST_RETENTION": "12h"})
    assert dict(state.buckets) == {BUCKET: 43_200, BUCKET_LONG: FOREVER}


def test_what_names_no_user_belongs_to_the_one_who_calls_make() -> None:
    def users(environ: dict[str, str]) -> set[int]:
        return {s.uid for s in load(SHIPPED, environ).services if s.name in ("cli", "collector")}

    assert users({"SWARMSCOPE_UID": "1234"}) == {1234}
    assert users({"SWARMSCOPE_UID": ""}) == users({}) == {10001}
    with pytest.raises(ConfigurationError, match="SWARMSCOPE_UID is 'root'"):
        users({"SWARMSCOPE_UID": "root"})


@pytest.mark.parametrize("retention", ["30", "0d", "30 days", "-1d", ""])
def test_a_retention_that_can_t_be_used_is_refused_with_examples(
    tmp_path: Path, retention: str
) -> None:
    path = written(tmp_path, f'services = {{}}\n[buckets]\nloadtest = "{retention}"\n')
    with pytest.raises(ConfigurationError, match="30d, 12h, 8w"):
        load(path, {})


def test_rights_to_an_unknown_bucket_are_refused_by_name(tmp_path: Path) -> None:
    text = '[buckets]\nloadtest = "30d"\n[services.x]\nread = ["loadtest", "nosuch"]\n'
    with pytest.raises(ConfigurationError, match="gives x rights to nosuch"):
        load(written(tmp_path, text), {})


def test_a_file_that_is_no_toml_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"access\.toml can't be read"):
        load(written(tmp_path, "[buckets"), {})
