"""A token that no header can carry is refused where it is read: what sends it would print it."""

from base64 import b64encode
from pathlib import Path

import pytest
from tests.fixtures import hostile_store as harm
from tests.fixtures.hostile_store import hostile
from tests.fixtures.server_process import swarmscope

from swarmscope.delivery.writer import Writer
from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.grafana.connection import Place, connect
from swarmscope.settings import Settings
from swarmscope.stack import bootstrap, vault
from swarmscope.stack.vault import Vault

SECRET = "SECRETtok1"
ODD = {
    "a note below it": f"{SECRET}\n# made by bob",
    "two lines of Windows": f"{SECRET}\r\n{SECRET}",
    "quotation marks of a text": f"“{SECRET}”",
    "a control sign": f"{SECRET}\x07",
    "a whole file": SECRET * 2**16,
    "bytes that are no text": f"{SECRET}\udcff",
}


@pytest.mark.parametrize("token", ODD.values(), ids=ODD)
@pytest.mark.parametrize("name", ["INFLUXDB_V2_TOKEN", "GRAFANA_TOKEN"])
def test_none_of_the_environment_s_is_said(name: str, token: str) -> None:
    environ = {name: token, "GRAFANA_URL": "http://127.0.0.1:3000"}
    with pytest.raises(ConfigurationError, match=name) as caught:
        Place.of(environ) if name == "GRAFANA_TOKEN" else Settings.from_env(environ)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("token", list(ODD.values())[:5], ids=list(ODD)[:5])
def test_nor_is_one_in_a_file(tmp_path: Path, token: str) -> None:
    file = tmp_path / "token"
    file.write_text(token)
    settings, errors = Settings.tolerant({"INFLUXDB_V2_TOKEN_FILE": str(file)})
    assert settings.token == ""
    assert [str(file) in str(error) for error in errors] == [True]
    assert SECRET not in str(errors)
    with pytest.raises(ConfigurationError) as caught:
        settings.token_now()
    assert SECRET not in str(caught.value)
    file.write_text("new\n")
    assert settings.token_now() == "new"


def test_nor_the_operator_s_of_the_stack(tmp_path: Path) -> None:
    (tmp_path / vault.OPERATOR_TOKEN).write_text(ODD["a note below it"])
    with pytest.raises(ConfigurationError, match=vault.OPERATOR_TOKEN) as caught:
        bootstrap.operator(Vault(tmp_path), {})
    assert SECRET not in str(caught.value)


def test_a_worker_whose_token_s_file_is_replaced_by_one_keeps_its_data(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text(ODD["a note below it"])
    with hostile(lambda: iter([harm.whole("401 x", b"no")]), kind=None) as store:
        settings = Settings(url=store.url, token="old", token_file=file)
        answer = Writer(settings).write("b", b"")
        assert len(store.asked) == 1
    assert answer.status == 401
    assert "is more than one line" in answer.message
    assert SECRET not in answer.message


@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize(
    "words",
    [("annotate", "a deploy"), ("runs",), ("doctor",), ("buckets", "create")],
    ids=lambda words: words[0],
)
def test_every_command_says_what_is_wrong_with_it(tmp_path: Path, words: tuple[str, ...]) -> None:
    with hostile(lambda: iter([harm.whole("204 x", b"")]), kind="swarmscope") as store:
        env = {"INFLUXDB_V2_URL": store.url, "INFLUXDB_V2_TOKEN": ODD["a note below it"]}
        done = swarmscope(*words, cwd=tmp_path, env=env, timeout=300)
        assert not store.asked
    told = done.stdout + done.stderr
    assert done.returncode == ExitCode.WRONG_USAGE
    assert "INFLUXDB_V2_TOKEN holds no token: it is more than one line." in told
    assert SECRET not in told
    assert "Traceback" not in told


@pytest.mark.long
@pytest.mark.long_sample(2)
@pytest.mark.parametrize("name", ["a note below it", "bytes that are no text"])
def test_serve_takes_no_such_file(tmp_path: Path, name: str) -> None:
    file = tmp_path / "token"
    file.write_bytes(ODD[name].encode(errors="surrogateescape"))
    done = swarmscope("serve", "--token-file", str(file), cwd=tmp_path, timeout=300)
    assert done.returncode == ExitCode.WRONG_USAGE
    assert f"--token-file names {file}" in done.stderr
    assert SECRET not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("token", ["abc==", "user:pass", "correct horse", "~!@#$%^&*(){}[]"])
def test_every_other_is_taken_as_it_is(token: str) -> None:
    assert Settings.from_env({"INFLUXDB_V2_TOKEN": f" {token}\n"}).token == token


def test_a_password_of_a_grafana_may_hold_any_sign() -> None:
    """requests ends in a traceback where it can't encode one."""
    with hostile(lambda: iter([harm.whole("200 OK", b"{}")]), kind=None) as grafana:
        place = Place.of({"GRAFANA_URL": grafana.url.replace("://", "://bob:“p%2Fw”@")})
        assert place
        connect(place).datasource.list_datasources()
        [asked] = grafana.asked
    assert f"Authorization: Basic {b64encode('bob:“p/w”'.encode()).decode()}" in asked
