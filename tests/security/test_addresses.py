"""An address with a secret in it is refused by whatever takes one, and not said."""

import pytest
from tests.fixtures.server_process import swarmscope

from swarmscope.errors import ConfigurationError
from swarmscope.grafana.connection import Place
from swarmscope.settings import Settings
from swarmscope.webui.master import Master

SECRET = "hunter2hunter2"
ADDRESSES = (
    f"http://bob:{SECRET}@127.0.0.1:1",
    f"ftp://bob:{SECRET}@127.0.0.1:1",
    f"bob:{SECRET}@127.0.0.1:1",
    f"http://127.0.0.1:1/?token={SECRET}",
    f"http://bob:12/{SECRET}@127.0.0.1:1",
)
NONE = ("http://h:abc", "http://h:99999999", "http://[", "h:8086")
"""What is no address, without a secret."""


@pytest.mark.long_sample(6)
@pytest.mark.long
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("command", [("runs",), ("annotate", "x"), ("doctor",)])
def test_the_store_s_on_a_command_line(command: tuple[str, ...], address: str) -> None:
    done = swarmscope(*command, "--url", address)
    assert done.returncode == 2
    said = done.stdout + done.stderr
    assert "--url is" in said
    assert SECRET not in said


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_store_s_of_the_environment(address: str) -> None:
    with pytest.raises(ConfigurationError, match="INFLUXDB_V2_URL") as caught:
        Settings.from_env({"INFLUXDB_V2_URL": address})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("address", ADDRESSES)
def test_that_of_locusts_page(address: str) -> None:
    with pytest.raises(ConfigurationError, match="--master is") as caught:
        Master(address)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("address", [*ADDRESSES[1:3], *ADDRESSES[4:]])
def test_a_grafana_s_which_may_have_a_password_where_it_is_an_address(address: str) -> None:
    with pytest.raises(ConfigurationError, match="address of a Grafana") as caught:
        Place.of({"GRAFANA_URL": address})
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("address", NONE)
def test_what_is_no_address_ends_nothing_in_a_traceback(address: str) -> None:
    settings, errors = Settings.tolerant({"INFLUXDB_V2_URL": address})
    assert settings.url == Settings.from_env({}).url
    assert len(errors) == 1
    for refuses in (Master, lambda url: Place.of({"GRAFANA_URL": url})):
        with pytest.raises(ConfigurationError):
            refuses(address)
