"""Which proxy stands on the way to the store."""

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings
from swarmscope.settings.proxies import Proxy, masked, on_the_way, proxy

STORE = "http://influxdb.example:8086"


@pytest.mark.parametrize(
    ("text", "address", "user", "password"),
    [
        ("http://proxy:3128", "http://proxy:3128", "", ""),
        ("proxy:3128", "http://proxy:3128", "", ""),
        ("http://proxy", "http://proxy:80", "", ""),
        ("http://[::1]:3128/", "http://[::1]:3128", "", ""),
        ("http://me:p%40ss%3A@proxy:3128", "http://proxy:3128", "me", "p@ss:"),
    ],
)
def test_a_proxy_is_read_with_its_password_apart(
    text: str, address: str, user: str, password: str
) -> None:
    assert proxy(text) == Proxy(address, user, password)
    assert "p@ss" not in f"{proxy(text)} {proxy(text)!r}"


@pytest.mark.parametrize("text", ["socks5://proxy:1080", "https://proxy:3129", "http://", "p:port"])
def test_other_kinds_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="http://proxy:3128"):
        proxy(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://me:secret@proxy:3128", "http://***@proxy:3128"),
        ("me:se@cret@proxy:3128", "***@proxy:3128"),
        ("http://proxy:3128", "http://proxy:3128"),
    ],
)
def test_a_password_is_not_shown(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8086",
        "http://LOCALHOST",
        "https://store.localhost",
        "http://127.0.0.1:8086",
        "http://127.9.9.9",
        "http://[::1]:8086",
    ],
)
def test_this_machine_is_never_reached_through_one(url: str) -> None:
    assert on_the_way(url, "http://own:1", {"http": "http://p:1", "https": "http://p:1"}, "") == ""


@pytest.mark.parametrize(
    ("url", "exceptions", "through"),
    [
        (STORE, "", True),
        (STORE, "*", False),
        (STORE, "influxdb.example", False),
        (STORE, "other, INFLUXDB.example ,x", False),
        (STORE, "example", False),
        (STORE, ".example", False),
        (STORE, "*.example", False),
        (STORE, "ample", True),
        (STORE, "db.example", True),
        (STORE, "influxdb.example:8086", False),
        (STORE, "influxdb.example:8087", True),
        ("http://10.1.2.3:8086", "10.0.0.0/8", False),
        ("http://11.1.2.3:8086", "10.0.0.0/8", True),
        ("http://10.1.2.3:8086", "10.1.2.3", False),
        ("http://[fd00::7]:8086", "fd00::/8", False),
    ],
)
def test_exceptions_are_names_ends_of_names_addresses_and_networks(
    url: str, exceptions: str, through: bool
) -> None:
    by_scheme = {"http": "http://p:1"}
    assert bool(on_the_way(url, "", by_scheme, exceptions)) is through
    assert bool(on_the_way(url, "http://own:1", {}, exceptions)) is through


@pytest.mark.parametrize(
    ("environ", "address"),
    [
        ({}, None),
        ({"HTTP_PROXY": "http://p:1"}, "http://p:1"),
        ({"http_proxy": "http://p:1", "HTTP_PROXY": "http://q:1"}, "http://p:1"),
        ({"HTTPS_PROXY": "http://p:1"}, None),
        ({"INFLUXDB_V2_URL": "https://s.example", "HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ({"HTTP_PROXY": "http://p:1", "SWARMSCOPE_PROXY": "own:2"}, "http://own:2"),
        ({"HTTP_PROXY": "http://p:1", "SWARMSCOPE_PROXY": "OFF"}, None),
        ({"HTTP_PROXY": "http://p:1", "no_proxy": ".example"}, None),
        ({"HTTP_PROXY": "http://p:1", "INFLUXDB_V2_URL": "http://127.0.0.1:1"}, None),
        ({"HTTP_PROXY": "socks5://p:1", "INFLUXDB_V2_URL": "http://127.0.0.1:1"}, None),
    ],
)
def test_settings_and_environment_name_it(environ: dict[str, str], address: str | None) -> None:
    found = Settings.from_env({"INFLUXDB_V2_URL": STORE, **environ}).proxy
    assert (found.address if found else None) == address


def test_a_kind_that_can_not_be_used_is_said_and_a_load_test_goes_without() -> None:
    environ = {"INFLUXDB_V2_URL": STORE, "HTTP_PROXY": "socks5://me:secret@p:1"}
    with pytest.raises(ConfigurationError, match=r"HTTP_PROXY is 'socks5://\*\*\*@p:1'") as caught:
        Settings.from_env(environ)
    assert "secret" not in str(caught.value)
    settings, errors = Settings.tolerant(environ)
    assert settings.proxy is None
    assert [error.data for error in errors] == ["The store is reached without a proxy."]


def test_a_setting_that_is_no_proxy_is_refused_without_its_password() -> None:
    with pytest.raises(ConfigurationError, match="SWARMSCOPE_PROXY") as caught:
        Settings.from_env({"SWARMSCOPE_PROXY": "https://me:secret@p:1"})
    assert "secret" not in str(caught.value)
