"""How a setting's text is found in the environment, and what is said of one that means nothing."""

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.settings.environment import parse, read, read_token, shown

FIELDS: dict[str, Any] = {f.name: f for f in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "environ", "text"),
    [
        ("url", {}, None),
        ("url", {"INFLUXDB_V2_URL": "  "}, None),
        ("url", {"INFLUXDB_V2_URL": " http://x\n"}, "http://x"),
        ("bucket_long", {}, None),
        ("bucket_long", {"SWARMSCOPE_BUCKET_LONG": ""}, ""),
        ("bucket", {"INFLUXDB_V2_BUCKET": ""}, None),
        ("http_proxy", {"HTTP_PROXY": "http://up"}, "http://up"),
        ("http_proxy", {"HTTP_PROXY": "http://up", "http_proxy": "http://low"}, "http://low"),
        ("http_proxy", {"HTTP_PROXY": "http://up", "http_proxy": " "}, "http://up"),
    ],
)
def test_what_the_environment_says_or_nothing(
    name: str, environ: dict[str, str], text: str | None
) -> None:
    assert read(environ, FIELDS[name]) == text


def test_a_token_goes_before_the_file_that_has_one(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(" of-a-file\n")
    environ = {"INFLUXDB_V2_TOKEN_FILE": str(path)}
    assert read(environ, FIELDS["token"]) == "of-a-file"
    assert read(environ, FIELDS["token_file"]) == str(path)
    both = {**environ, "INFLUXDB_V2_TOKEN": "given"}
    assert read(both, FIELDS["token"]) == "given"
    # It isn't read again when the store refuses a write.
    assert read(both, FIELDS["token_file"]) is None


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "which can't be read (No such file or directory)"),
        (b"\xff", "which can't be read (it isn't text)"),
        ("tökén".encode(), "which holds no token"),
        (b"a\nb", "which holds no token"),
        (b"x" * 10**6, "which holds no token"),
    ],
)
def test_a_file_that_holds_none_is_named_and_nothing_of_it_shown(
    tmp_path: Path, content: bytes | None, says: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError) as caught:
        read_token(path)
    assert f"INFLUXDB_V2_TOKEN_FILE names {path}, {says}" in caught.value.happened
    assert "tökén" not in str(caught.value)
    assert len(str(caught.value)) < 1_000
    assert caught.value.remedy


def test_a_name_of_a_file_that_none_can_have_is_told() -> None:
    with pytest.raises(ConfigurationError, match="it isn't text"):
        read_token(Path("a\0b"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("resolution", "soon"),
        ("timeout_ms", "1e999"),
        ("verify_ssl", "perhaps"),
        ("tags", "a"),
        ("max_names", "0"),
        ("log_sink", "nowhere"),
        ("raw_sample", "2"),
    ],
)
def test_a_text_that_means_nothing_is_told_with_what_the_setting_means(
    name: str, text: str
) -> None:
    f = FIELDS[name]
    with pytest.raises(ConfigurationError) as caught:
        parse(f, text)
    assert caught.value.happened.startswith(f"{f.metadata['env']} is {text!r}, which can't be used")
    assert caught.value.remedy == f"It means: {f.metadata['meaning']}."


def test_of_a_long_text_the_begin_is_shown_and_of_a_password_nothing() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse(FIELDS["resolution"], "9" * 10_000 + "x")
    assert len(str(caught.value)) < 1_000
    with pytest.raises(ConfigurationError) as caught:
        parse(FIELDS["url"], "ftp://me:hunter2@host")
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in shown("http://me:hunter2@host/?token=hunter2")
