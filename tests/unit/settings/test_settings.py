"""Settings: typed, frozen, and an error that names the variable."""

from dataclasses import fields
from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.settings.environment import UnusableError


def test_an_empty_environment_gives_usable_defaults():
    settings = Settings.from_env({})
    assert settings.url == "http://127.0.0.1:8086"
    assert settings.bucket == "loadtest"
    assert (settings.resolution, settings.latency_resolution) == (1, 10)
    assert settings.host


@pytest.mark.parametrize(
    ("env", "text", "field", "value"),
    [
        ("INFLUXDB_V2_URL", "https://db.example:8086/", "url", "https://db.example:8086"),
        ("INFLUXDB_V2_TIMEOUT", "2500", "timeout_ms", 2500),
        ("INFLUXDB_V2_TIMEOUT", "3s", "timeout_ms", 3000),
        ("INFLUXDB_V2_VERIFY_SSL", "off", "verify_ssl", False),
        ("SWARMSCOPE_TAGS", "env=staging, team=web", "tags", {"env": "staging", "team": "web"}),
        ("SWARMSCOPE_RESOLUTION", "5s", "resolution", 5),
        ("SWARMSCOPE_LATENCY_RESOLUTION", "1m", "latency_resolution", 60),
        ("SWARMSCOPE_RUN_ID", "nightly #7 (größer), it's", "run_id", "nightly #7 (größer), it's"),
        ("SWARMSCOPE_SPOOL_MAX_BYTES", "64MiB", "spool_max_bytes", 64 * 2**20),
        ("SWARMSCOPE_SPOOL_MAX_BYTES", "1048576", "spool_max_bytes", 2**20),
        ("SWARMSCOPE_SPOOL_DIR", "/var/spool/x", "spool_dir", Path("/var/spool/x")),
        ("SWARMSCOPE_FLUSH_TIMEOUT", "1m", "flush_timeout", 60.0),
        ("SWARMSCOPE_RAW_REQUESTS", "on", "raw_requests", True),
        ("SWARMSCOPE_RAW_SAMPLE", "0.1", "raw_sample", 0.1),
        ("SWARMSCOPE_LOG_SINK", "tcp://[::1]:5558", "log_sink", "tcp://[::1]:5558"),
        ("SWARMSCOPE_TEMPLATE_NAMES", "on", "template_names", True),
        ("SWARMSCOPE_TEMPLATE_NAMES", "off", "template_names", False),
        ("SWARMSCOPE_MAX_NAMES", "42", "max_names", 42),
        ("SWARMSCOPE_LOG_MAX_BYTES", "2MiB", "log_max_bytes", 2 * 2**20),
        ("SWARMSCOPE_LOG_ROTATE", "2h", "log_rotate", 7_200.0),
        ("SWARMSCOPE_LOG_KEEP", "3", "log_keep", 3),
        ("SWARMSCOPE_LOG_SINK_KEY_FILE", "/etc/key", "log_sink_key", Path("/etc/key")),
        ("SWARMSCOPE_SPOOL_MAX_BYTES", "1GiB", "spool_max_bytes", 2**30),
        ("SWARMSCOPE_FLUSH_TIMEOUT", "500ms", "flush_timeout", 0.5),
        ("LOCUST_LOG_FILE", "/var/log/x", "log_file", Path("/var/log/x")),
        ("ZMQ_SINK_LOG_FILE", "/var/log/all", "sink_log_file", Path("/var/log/all")),
    ],
)
def test_a_variable_sets_its_field(env: str, text: str, field: str, value: object):
    assert getattr(Settings.from_env({env: text}), field) == value


@pytest.mark.parametrize(
    ("env", "text", "says"),
    [
        ("INFLUXDB_V2_URL", "influxdb:8086", "http://host:8086"),
        ("SWARMSCOPE_RESOLUTION", "0.5s", "whole seconds"),
        ("SWARMSCOPE_RESOLUTION", "often", "duration"),
        ("SWARMSCOPE_MAX_NAMES", "0", "1 or more"),
        ("SWARMSCOPE_RUN_ID", 'nightly "7"', "a run's id has no"),
        ("SWARMSCOPE_RUN_ID", "nightly ${n}", "a run's id has no"),
        ("SWARMSCOPE_RUN_ID", "nightly\\7", "a run's id has no"),
        ("SWARMSCOPE_RUN_ID", "nightly\n7", "a run's id has no"),
        ("SWARMSCOPE_TAGS", "env", "key=value"),
        ("SWARMSCOPE_TAGS", "run=mine", "written by swarmscope itself"),
        ("SWARMSCOPE_SPOOL_MAX_BYTES", "lots", "size"),
        ("INFLUXDB_V2_VERIFY_SSL", "maybe", "on, off"),
        ("SWARMSCOPE_RAW_SAMPLE", "0", "above 0 and at most 1"),
        ("SWARMSCOPE_RAW_SAMPLE", "nan", "above 0 and at most 1"),
        ("SWARMSCOPE_LOG_SINK", "collector:5558", "tcp://host:5558"),
        ("SWARMSCOPE_LOG_ROTATE", "0s", "a second or more"),
        ("INFLUXDB_V2_TIMEOUT", "1e308", "a day"),
        ("INFLUXDB_V2_TIMEOUT", "9" * 400, "a day"),
        ("INFLUXDB_V2_TIMEOUT", "0s", "from 1 ms"),
        ("INFLUXDB_V2_TIMEOUT", "0.0001", "from 1 ms"),
        ("INFLUXDB_V2_TIMEOUT", "-5", "a day"),
        ("SWARMSCOPE_FLUSH_TIMEOUT", "-1", "from 0 to a day"),
        ("SWARMSCOPE_RESOLUTION", "1e18", "to an hour"),
        ("SWARMSCOPE_RUN_ID", "q" * 201, "over 200 characters"),
        ("SWARMSCOPE_RUN_ID", "\udcff", "no UTF-8"),
        ("INFLUXDB_V2_BUCKET", "l\udcf6ad", "no UTF-8"),
        ("SWARMSCOPE_BUCKET_LONG", "l\udcf6ad", "no UTF-8"),
        ("INFLUXDB_V2_ORG", "\udcff\udcfe", "no UTF-8"),
        ("SWARMSCOPE_TAGS", "a=\udcff", "no UTF-8"),
        ("SWARMSCOPE_TEST", "\udcff", "no UTF-8"),
    ],
)
def test_what_cannot_be_used_is_an_error_that_names_the_variable(env: str, text: str, says: str):
    with pytest.raises(ConfigurationError, match=env) as caught:
        Settings.from_env({env: text})
    assert says in str(caught.value)


def test_a_message_shows_no_more_of_a_text_than_tells_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Settings.from_env({"SWARMSCOPE_TAGS": "x" * 100_000})
    assert len(str(caught.value)) < 1_000


def test_a_path_may_be_bytes_of_any_kind() -> None:
    assert Settings.from_env({"SWARMSCOPE_SPOOL_DIR": "/\udcff"}).spool_dir == Path("/\udcff")


@pytest.mark.parametrize("name", ["\0", "\udcff"])
def test_the_name_of_a_token_s_file_may_be_odd(name: str) -> None:
    with pytest.raises(ConfigurationError, match="INFLUXDB_V2_TOKEN_FILE"):
        Settings.from_env({"INFLUXDB_V2_TOKEN_FILE": name})


def test_a_typing_error_leaves_a_load_test_with_the_default():
    settings, errors = Settings.tolerant({"SWARMSCOPE_RESOLUTION": "x", "SWARMSCOPE_TEST": "a"})
    assert (settings.resolution, settings.test) == (1, "a")
    assert ["SWARMSCOPE_RESOLUTION" in str(error) for error in errors] == [True]


def test_an_exit_code_that_is_mistyped_is_not_off():
    """Off is green by Locust's own word, though nobody looked."""
    settings, (error,) = Settings.tolerant({"SWARMSCOPE_EXIT_CODE": "yes please"})
    assert settings.exit_code
    assert isinstance(error, UnusableError)
    assert error.env == "SWARMSCOPE_EXIT_CODE"
    assert "'yes please', which can't be used: it isn't one of on, off, true, false" in str(error)
    assert "It is taken for on: the exit code is the verdict's." in str(error)


def test_spans_are_of_whole_windows_also_where_nobody_said_how_long_they_are():
    assert Settings.from_env({"SWARMSCOPE_RESOLUTION": "5s"}).latency_resolution == 10
    assert Settings.from_env({"SWARMSCOPE_RESOLUTION": "15s"}).latency_resolution == 15
    assert Settings.from_env({"SWARMSCOPE_RESOLUTION": "7s"}).latency_resolution == 14


@pytest.mark.parametrize(
    ("window", "span", "usable"), [("4s", "10s", 12), ("10s", "5s", 10), ("15s", "10s", 15)]
)
def test_a_span_that_is_no_multiple_of_the_windows_is_refused(window: str, span: str, usable: int):
    environ = {"SWARMSCOPE_RESOLUTION": window, "SWARMSCOPE_LATENCY_RESOLUTION": span}
    with pytest.raises(ConfigurationError, match="SWARMSCOPE_LATENCY_RESOLUTION") as caught:
        Settings.from_env(environ)
    assert "isn't a whole multiple of SWARMSCOPE_RESOLUTION" in str(caught.value)
    settings, errors = Settings.tolerant(environ)
    assert settings.latency_resolution == usable
    assert [error.data for error in errors] == [
        f"Endpoints' histograms are written each {usable} s."
    ]


def test_the_token_can_come_from_a_file(tmp_path: Path):
    (tmp_path / "token").write_text("s3cret\n")
    environ = {"INFLUXDB_V2_TOKEN_FILE": str(tmp_path / "token")}
    assert Settings.from_env(environ).token == "s3cret"


def test_a_token_file_that_cannot_be_read_is_said(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="INFLUXDB_V2_TOKEN_FILE"):
        Settings.from_env({"INFLUXDB_V2_TOKEN_FILE": str(tmp_path / "none")})


def test_the_bucket_of_minutes_can_be_set_to_nothing_and_others_cannot():
    settings = Settings.from_env({"SWARMSCOPE_BUCKET_LONG": "", "INFLUXDB_V2_BUCKET": ""})
    assert (settings.bucket_long, settings.bucket) == ("", "loadtest")
    assert Settings.from_env({}).bucket_long == "loadtest_long"


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"INFLUXDB_V2_BUCKET": "a", "SWARMSCOPE_BUCKET_LONG": "a"}, "a"),
        ({"INFLUXDB_V2_BUCKET": "loadtest_long"}, "loadtest_long"),
        ({"SWARMSCOPE_BUCKET_LONG": " loadtest "}, "loadtest"),
    ],
)
def test_one_bucket_for_seconds_and_minutes_is_refused(environ: dict[str, str], name: str):
    """Who adds up requests in it would count each of them twice."""
    with pytest.raises(ConfigurationError, match=f"both name the bucket {name}:"):
        Settings.from_env(environ)
    settings, errors = Settings.tolerant(environ)
    assert (settings.bucket, settings.bucket_long) == (name, "")
    assert [error.data for error in errors] == ["No one-minute points are written."]


def test_each_setting_that_is_no_text_is_parsed():
    """Whoever adds a setting of another type and forgets its parser would hand out a text."""
    defaults = Settings()
    for f in fields(Settings):
        default = getattr(defaults, f.name)
        text = {"log_rotate": "2h", "raw_sample": "0.5", "tags": "a=b"}.get(f.name, "1")
        if not isinstance(default, str) and f.name != "token_file":
            value = getattr(Settings.from_env({f.metadata["env"]: text}), f.name)
            assert not isinstance(value, str), f.metadata["env"]
            if default is not None:
                assert isinstance(value, type(default)), f.metadata["env"]
