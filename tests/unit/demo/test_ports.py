"""The choice of ports."""

import socket

import pytest

from swarmscope.demo import ports
from swarmscope.errors import ConfigurationError


def _free() -> int:
    with socket.create_server((ports.HOST, 0)) as server:
        return int(server.getsockname()[1])


def test_a_free_port_is_the_wanted_one() -> None:
    wanted = _free()
    assert ports.choose({"store": wanted}) == {"store": wanted}


def test_a_taken_port_is_replaced_by_one_that_can_be_bound() -> None:
    with socket.create_server((ports.HOST, 0)) as other:
        taken = int(other.getsockname()[1])
        found = ports.choose({"store": taken})["store"]
        assert found != taken
        with socket.create_server((ports.HOST, found)):
            pass


def test_a_port_taken_on_all_addresses_is_taken() -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        taken = int(other.getsockname()[1])
        assert ports.choose({"store": taken})["store"] != taken


def test_who_can_t_listen_is_told_so_in_a_sentence() -> None:
    with ports.listening(ports.HOST, 0) as other:
        taken = other.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Port {taken} of 127.0.0.1 is in use"):
            ports.listening(ports.HOST, taken)
    with pytest.raises(ConfigurationError, match="nothing to listen at"):
        ports.listening("192.0.2.1", 0)


def test_two_names_never_share_a_port() -> None:
    wanted = _free()
    found = ports.choose({"store": wanted, "shop": wanted, "web": 0, "master": 0})
    assert found["store"] == wanted
    assert len(set(found.values())) == 4


def test_a_port_is_free_until_somebody_listens_there() -> None:
    with socket.create_server((ports.HOST, 0)) as other:
        taken = int(other.getsockname()[1])
        assert not ports.is_free(taken)
    assert ports.is_free(taken)
    assert ports.is_free(taken)


def test_workers_of_another_test_find_no_master_of_a_demo() -> None:
    """They look for theirs at Locust's own port, as `locust --processes` lets them."""
    said: list[str] = []
    assert ports.Addresses.chosen(_free(), _free(), said.append).master != 5557
    assert [line for line in said if "master" in line] == []
