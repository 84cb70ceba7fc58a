"""The choice of ports."""

import socket

from swarmscope.demo import ports


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
