"""How large a message of Locust's workers can be, and how large honest ones are."""

import random

import zmq
from locust.rpc import Message, rpc
from locust.stats import RequestStats

from swarmscope.agent.messages import MOST, bound_messages


def test_a_master_reads_bounded_messages_and_few_of_one_connection() -> None:
    bound_messages()
    bound_messages()
    server = rpc.Server("127.0.0.1", 0)
    try:
        assert server.socket.get(zmq.MAXMSGSIZE) == MOST
        assert server.socket.get(zmq.RCVHWM) == 16
    finally:
        server.close(linger=0)


def test_a_worker_reads_what_its_master_sends_of_any_size() -> None:
    """Test data for all users may be."""
    bound_messages()
    client = rpc.Client("127.0.0.1", 1, "worker")
    try:
        assert client.socket.get(zmq.MAXMSGSIZE) == -1
    finally:
        client.close(linger=0)


def test_a_large_report_of_a_worker_takes_a_third_of_it_at_most() -> None:
    times = random.Random(1)
    stats = RequestStats()
    for number in range(500):
        name = f"/{number}/".ljust(200, "n")
        for _ in range(100):
            stats.log_request("GET", name, int(times.lognormvariate(6, 1.5)), 1_000)
        for failure in range(4):
            stats.log_error("GET", name, f"{failure}: ".ljust(500, "f"))
    report = {
        "stats": stats.serialize_stats(),
        "stats_total": stats.total.get_stripped_report(),
        "errors": stats.serialize_errors(),
    }
    assert len(Message("stats", report, "worker").serialize()) < MOST / 3
