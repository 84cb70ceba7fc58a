"""A body of a machine's: how it is read, and what a machine is told where nothing of it goes on."""

import gzip
import json

import pytest
from tests.fixtures.ports import free_port

from swarmscope.errors import ConfigurationError
from swarmscope.ingress import machines
from swarmscope.ingress.machine_points import Series
from swarmscope.ingress.machines import MOST_BYTES, MOST_LINES, MOST_VALUES, Answer, Machines


def told(
    body: bytes, query: str = "precision=ns", encoding: str = "", series: Series | None = None
) -> tuple[int, str]:
    """Return what a machine is told whose points would go where nobody is."""
    taking = Machines(f"http://127.0.0.1:{free_port()}", series)
    answer = taking.take(query, "Token of-a-test", encoding, body)
    return answer.status, str(json.loads(answer.body)["message"])


def test_where_the_intake_is_not_reached_a_machine_comes_again() -> None:
    assert told(b"a v=1") == (503, "InfluxDB can't be reached: come again")


def test_the_first_precision_is_the_one_that_counts() -> None:
    """As InfluxDB has it: else its time would be another here than there."""
    assert told(b"a v=1 1700000000", "precision=h&precision=s")[0] == 400
    status, said = told(b"a v=1 1", "precision=s&precision=ns")
    assert (status, "days old" in said) == (422, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"a v=1\n" * MOST_LINES, 503),
        (b"a v=1\n" * (MOST_LINES + 1), 413),
        (b"a " + b",".join([b"b=1"] * MOST_VALUES), 503),
        (b"a " + b",".join([b"b=1"] * (MOST_VALUES + 1)), 413),
        (b"a v=", 400),
        (b"\xff v=1", 503),
        (b"", 503),
    ],
)
def test_a_body_has_an_end(body: bytes, status: int) -> None:
    assert told(body)[0] == status


PACKED = gzip.compress(b"a v=1", mtime=0)
"""The same at any time: it is part of the tests' names."""


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", PACKED, 503),
        ("GZIP", PACKED, 503),
        ("identity", b"a v=1", 503),
        ("gzip", gzip.compress(b" " * (MOST_BYTES + 1)), 413),
        ("gzip", PACKED[:-1], 400),
        ("gzip", PACKED + b"more", 400),
        ("gzip", b"a v=1", 400),
        ("deflate", b"a v=1", 415),
    ],
)
def test_what_is_packed_is_unpacked_within_bounds(encoding: str, body: bytes, status: int) -> None:
    assert told(body, encoding=encoding)[0] == status


def test_each_reason_is_told_once_and_every_point_is_counted() -> None:
    lines = [f"a{n},_time=1 v=1\na{n},_time=2 v=1" for n in range(20)]
    status, said = told("\n".join(lines).encode())
    assert (status, said.endswith("dropped=40")) == (422, True)
    assert said.count("for itself") == 1


def test_another_machine_s_series_are_not_this_one_s() -> None:
    """By its token, however that is written."""
    series = Series(of_one=1)
    assert told(b"a v=1", series=series)[0] == 503
    taking = Machines(f"http://127.0.0.1:{free_port()}", series)
    for credential, status in (("Bearer  of-a-test \t", 422), ("Token of-another", 503)):
        assert taking.take("", credential, "", b"b v=1").status == status


def test_a_refusal_has_an_end() -> None:
    assert len(machines.refusal(400, "invalid", "ä" * 100_000).body) < 65_536


def test_an_answer_without_words_has_no_body() -> None:
    assert Answer(204).body == b""


@pytest.mark.parametrize(
    "arguments", [[], ["intake:8087"], ["https://intake"], ["http://"], ["a", "b"]]
)
def test_it_has_to_know_where_the_intake_is(arguments: list[str]) -> None:
    with pytest.raises(ConfigurationError, match="Nothing is taken"):
        machines.main(arguments)
