"""`swarmscope doctor`: each thing that can be wrong is found, named, and has a next step."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures.files import state
from tests.fixtures.influxd import Influx, free_port
from tests.fixtures.server_process import store_process, swarmscope
from tests.fixtures.spools import batch, leave, leave_killed

from swarmscope.errors import ExitCode
from swarmscope.spool import Spool
from swarmscope.spool.file import SpoolFile

TOKEN = "a-secret-token-of-a-test"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that wants a token."""
    with store_process(tmp_path_factory.mktemp("store"), token=TOKEN) as url:
        yield url


class Diagnosis:
    """What the doctor said, by topic."""

    def __init__(self, code: int, told: dict[str, Any], text: str) -> None:
        self.code = code
        self.settings = told["settings"]
        self.text = text
        self._findings = told["findings"]

    def __getitem__(self, topic: str) -> dict[str, str]:
        (found,) = [f for f in self._findings if f["topic"] == topic]
        return dict(found)

    def wrong(self) -> set[str]:
        return {f["topic"] for f in self._findings if f["level"] != "fine"}


def diagnose(spool: Path, **settings: str) -> Diagnosis:
    done = swarmscope("doctor", "--json", env={"SWARMSCOPE_SPOOL_DIR": str(spool), **settings})
    assert done.stderr == ""
    return Diagnosis(done.returncode, json.loads(done.stdout), done.stdout)


def test_healthy_set_up_is_fine_and_keeps_its_secret(url: str, tmp_path: Path) -> None:
    found = diagnose(tmp_path, INFLUXDB_V2_URL=url, INFLUXDB_V2_TOKEN=TOKEN)
    assert (found.code, found.wrong()) == (ExitCode.FINE, set())
    assert found.settings["INFLUXDB_V2_TOKEN"] == "(set)"
    assert TOKEN not in found.text
    assert "embedded store" in found["store"]["message"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.long
def test_nothing_is_made_or_changed_by_looking(url: str, tmp_path: Path) -> None:
    """Of the folders named, of the home, and of what killed and running processes left there."""
    home, work, named = (tmp_path / name for name in ("home", "work", "spool"))
    for folder in (home, work, named):
        folder.mkdir()
    leave_killed(named / "killed.spool")
    leave(named, batch("2"))
    owned = SpoolFile.create(named, "gen-a")
    (named / "damaged.spool").write_bytes(b"not a database" * 100)
    named.chmod(0o750)
    for spool in (named, Path(), tmp_path / "not" / "there"):
        before = state(tmp_path)
        done = swarmscope(
            "doctor",
            "--json",
            env={
                **({"SWARMSCOPE_SPOOL_DIR": str(spool)} if spool.parts else {}),
                "HOME": str(home),
                "INFLUXDB_V2_URL": url,
                "INFLUXDB_V2_TOKEN": TOKEN,
                "PYTHONDONTWRITEBYTECODE": "",
            },
            cwd=work,
        )
        assert done.returncode == ExitCode.FINE, done.stdout
        assert ("7 unsent requests of first" in done.stdout) is (spool == named)
        assert state(tmp_path) == before
    owned.release(remove=True)


@pytest.mark.long
def test_text_names_each_next_step(url: str, tmp_path: Path) -> None:
    settings = {"SWARMSCOPE_SPOOL_DIR": str(tmp_path), "INFLUXDB_V2_TOKEN": "wrong"}
    done = swarmscope("doctor", "--url", url, env=settings)
    assert done.returncode == ExitCode.WRONG_USAGE
    assert "WRONG  bucket loadtest: The token may not write here (401)." in done.stdout
    assert "Set INFLUXDB_V2_TOKEN" in done.stdout
    assert "ok     listener: It can be imported." in done.stdout


@pytest.mark.long
def test_missing_token_is_told_apart_from_a_wrong_one(url: str, tmp_path: Path) -> None:
    found = diagnose(tmp_path, INFLUXDB_V2_URL=url)
    assert "No token is set" in found["bucket loadtest"]["message"]


@pytest.mark.long
def test_absent_store_is_its_own_exit_code(tmp_path: Path) -> None:
    found = diagnose(tmp_path, INFLUXDB_V2_URL=f"http://127.0.0.1:{free_port()}")
    assert found.code == ExitCode.STORE_UNREACHABLE
    assert found.wrong() == {"store"}
    assert "swarmscope serve" in found["store"]["remedy"]


@pytest.mark.long
def test_password_in_the_address_is_not_shown(tmp_path: Path) -> None:
    found = diagnose(tmp_path, INFLUXDB_V2_URL=f"http://me:hunter2@127.0.0.1:{free_port()}")
    assert found.code == ExitCode.WRONG_USAGE
    assert "an address holds no user and password" in found["settings"]["message"]
    assert "hunter2" not in found.text


@pytest.mark.long
def test_setting_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    found = diagnose(tmp_path, INFLUXDB_V2_TIMEOUT="soon")
    assert found.code == ExitCode.WRONG_USAGE
    assert "INFLUXDB_V2_TIMEOUT is 'soon'" in found["settings"]["message"]


@pytest.mark.long
def test_unwritable_spool_is_wrong(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = diagnose(tmp_path / "file" / "spool", INFLUXDB_V2_URL=url, INFLUXDB_V2_TOKEN=TOKEN)
    assert (found.code, found.wrong()) == (ExitCode.WRONG_USAGE, {"spool"})
    assert "SWARMSCOPE_SPOOL_DIR" in found["spool"]["remedy"]


@pytest.mark.long
def test_unsent_data_of_a_process_that_is_gone_is_counted(url: str, tmp_path: Path) -> None:
    leave(tmp_path, batch("1", requests=42))
    found = diagnose(tmp_path, INFLUXDB_V2_URL=url, INFLUXDB_V2_TOKEN=TOKEN)
    assert "holds 42 unsent requests of run-1; its process is gone" in found["spool"]["message"]
    assert found.code == ExitCode.FINE
    # The doctor only looked: the next start still finds it.
    (orphan,) = SpoolFile.orphans(tmp_path)
    left = Spool(orphan.path, 2**20)
    assert [kept.requests for kept in left.oldest("loadtest", 10)] == [42]
    left.close()
    orphan.release(remove=False)


@pytest.mark.long
def test_spools_of_running_processes_are_counted_and_left_to_them(url: str, tmp_path: Path) -> None:
    files = [SpoolFile.create(tmp_path, "gen-a") for _ in range(2)]
    owned = [Spool(file.path, 2**20) for file in files]
    found = diagnose(tmp_path, INFLUXDB_V2_URL=url, INFLUXDB_V2_TOKEN=TOKEN)
    assert f"have 2 spools in {tmp_path} in use, and send what" in found["spool"]["message"]
    assert (found.code, found.wrong()) == (ExitCode.FINE, set())
    for file, spool in zip(files, owned, strict=True):
        assert spool.keep(batch("1")) == []
        spool.close()
        file.release(remove=True)


@pytest.mark.long
def test_corrupt_spool_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "gen-a-1.spool").write_bytes(b"not a database" * 100)
    found = diagnose(tmp_path, INFLUXDB_V2_URL=url, INFLUXDB_V2_TOKEN=TOKEN)
    assert "can't be used: file is not a database" in found["spool"]["message"]


def of_influxdb(influx: Influx, bucket: str, bucket_long: str, token: str = "") -> dict[str, str]:
    return {
        "INFLUXDB_V2_URL": influx.url,
        "INFLUXDB_V2_TOKEN": token or influx.token,
        "INFLUXDB_V2_BUCKET": bucket,
        "SWARMSCOPE_BUCKET_LONG": bucket_long,
    }


@pytest.mark.release
@pytest.mark.long
def test_influxdb_without_the_long_bucket_is_warned_of_with_the_command(
    influx: Influx, tmp_path: Path
) -> None:
    influx.make_bucket("here")
    found = diagnose(tmp_path, **of_influxdb(influx, "here", "not_here"))
    assert (found.code, found.wrong()) == (ExitCode.FINE, {"bucket not_here"})
    assert found["bucket not_here"]["level"] == "warning"
    assert "swarmscope buckets create" in found["bucket not_here"]["remedy"]
    assert "--name not_here" in found["bucket not_here"]["remedy"]
    assert "boards read long ranges from here" in found["bucket not_here"]["message"]
    assert "InfluxDB" in found["store"]["message"]


@pytest.mark.release
@pytest.mark.long
def test_influxdb_without_the_raw_bucket_is_wrong(influx: Influx, tmp_path: Path) -> None:
    influx.make_bucket("minutes_alone")
    found = diagnose(tmp_path, **of_influxdb(influx, "nowhere", "minutes_alone"))
    assert found.code == ExitCode.WRONG_USAGE
    assert found["bucket nowhere"]["level"] == "wrong"
    assert "--name nowhere --retention 720h" in found["bucket nowhere"]["remedy"]
    assert found["bucket minutes_alone"]["level"] == "fine"


@pytest.mark.release
@pytest.mark.long
def test_token_for_one_bucket_is_told_of_the_other(influx: Influx, tmp_path: Path) -> None:
    for name in ("allowed", "forbidden"):
        influx.make_bucket(name)
    token = influx.token_for(read=["allowed"], write=["allowed"])
    found = diagnose(tmp_path, **of_influxdb(influx, "allowed", "forbidden", token))
    assert (found.code, found.wrong()) == (ExitCode.FINE, {"bucket forbidden"})
    assert "may not write here (403)" in found["bucket forbidden"]["message"]
    turned = diagnose(tmp_path, **of_influxdb(influx, "forbidden", "allowed", token))
    assert turned.code == ExitCode.WRONG_USAGE
    assert turned["bucket forbidden"]["level"] == "wrong"
    assert turned["bucket allowed"]["level"] == "fine"


@pytest.mark.long
def test_no_bucket_of_minutes_is_a_way_to_be_fine(url: str, tmp_path: Path) -> None:
    env = {"INFLUXDB_V2_URL": url, "INFLUXDB_V2_TOKEN": TOKEN, "SWARMSCOPE_BUCKET_LONG": ""}
    found = diagnose(tmp_path, **env)
    assert (found.code, found.wrong()) == (ExitCode.FINE, set())
    assert "None are written" in found["one-minute points"]["message"]
