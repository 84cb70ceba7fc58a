"""Failures: told apart by class, status and reason; bounded, but all counted."""

from types import SimpleNamespace

import pytest

from swarmscope import schema
from swarmscope.recording.cardinality import Budgets
from swarmscope.recording.failures import Failure, Failures, reason_of

ENDPOINT = ("/login", "POST")


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            "404 Client Error: Not Found for url: http://h:80/item/8731?q=1",
            "# Client Error: Not Found for url: {url}",
        ),
        ("order 8731 of 12.5 EUR", "order # of # EUR"),
        ("user 3f2504e0-4f89-11d3-9a0c-0305e82c3301 unknown", "user {id} unknown"),
        ("object at 0x7f3a99", "object at {id}"),
        ("no such file /tmp/a/b.txt", "no such file {path}"),
        ("read/write failed", "read/write failed"),
        ("line one\n  line two", "line one line two"),
        ("", ""),
    ],
)
def test_a_reason_is_the_message_without_what_differs(message: str, reason: str):
    assert reason_of(message) == reason


def test_one_class_with_several_statuses_is_told_apart():
    failures = Failures(Budgets())
    for code in (404, 500, 503, 503):
        response = SimpleNamespace(status_code=code)
        failures.record(ENDPOINT, ValueError("bad"), response)
    counts = {f.status: count for f, (count, _) in failures.take().items()}
    assert counts == {"404": 1, "500": 1, "503": 2}


def test_the_status_is_found_on_the_exception_too():
    failures = Failures(Budgets())
    error = ValueError("bad")
    error.response = SimpleNamespace(status_code=502)  # type: ignore[attr-defined]
    failures.record(ENDPOINT, error, None)
    assert [f.status for f in failures.take()] == ["502"]


@pytest.mark.parametrize("code", [100, 599])
def test_the_lowest_and_the_highest_status_are_kept(code: int):
    failures = Failures(Budgets())
    failures.record(ENDPOINT, ValueError(), SimpleNamespace(status_code=code))
    assert [f.status for f in failures.take()] == [str(code)]


@pytest.mark.parametrize("code", [0, None, "404", 99, 600])
def test_what_is_no_http_status_is_left_out(code: object):
    failures = Failures(Budgets())
    failures.record(ENDPOINT, ValueError(), SimpleNamespace(status_code=code))
    assert [f.status for f in failures.take()] == [""]


def test_reasons_past_the_limit_are_counted_together():
    failures = Failures(Budgets())
    for i in range(500):
        failures.record(ENDPOINT, ValueError("because " + "x" * i), None)
    taken = failures.take()
    assert sum(count for count, _ in taken.values()) == 500
    assert len({f.reason for f in taken}) == schema.MAX_REASONS + 1
    assert any(f.reason == schema.FOLDED for f in taken)


def test_a_message_is_kept_as_it_came():
    failures = Failures(Budgets())
    failures.record(ENDPOINT, ValueError("item 8731"), None)
    failures.record(ENDPOINT, ValueError("item 9999"), None)
    assert list(failures.take().values()) == [(2, "item 8731")]


def test_a_failure_given_as_text_or_class_has_a_class_too():
    failures = Failures(Budgets())
    failures.record(ENDPOINT, "too slow", None)
    failures.record(ENDPOINT, TimeoutError, None)
    assert [f.exception for f in failures.take()] == ["Failure", "TimeoutError"]


def test_take_forgets_what_it_returned():
    failures = Failures(Budgets())
    failures.record(ENDPOINT, "x", None)
    failures.take()
    assert failures.take() == {}


class Locked:
    """An answer of a user's client that can't be asked for its status."""

    @property
    def status_code(self) -> int:
        raise RuntimeError("closed")


class EmptyError(Exception):
    """An exception of a user's that can't be asked for its answer."""

    @property
    def response(self) -> object:
        raise KeyError("response")


def test_a_property_that_raises_costs_the_status_and_not_the_failure():
    said: list[str] = []
    failures = Failures(Budgets(said.append), said.append)
    for _ in range(2):
        failures.record(ENDPOINT, ValueError("bad"), Locked())
        failures.record(ENDPOINT, EmptyError("bad"), None)
    assert [(f.status, count) for f, (count, _) in failures.take().items()] == [("", 2), ("", 2)]
    after = "such failures are counted without it. Mend the property; this is said once."
    assert said == [
        f"'status_code' of Locked can't be read (RuntimeError): {after}",
        f"'response' of EmptyError can't be read (KeyError): {after}",
    ]


def test_more_such_classes_than_anybody_reads_of_are_not_said():
    said: list[str] = []
    failures = Failures(Budgets(said.append), said.append)
    for number in range(60):
        failures.record(ENDPOINT, "bad", type(f"Locked{number}", (Locked,), {})())
    assert len(said) == 50
    assert sum(count for count, _ in failures.take().values()) == 60


def test_an_exception_that_has_no_text_is_counted_with_the_reason():
    class MuteError(Exception):
        def __str__(self) -> str:
            raise LookupError("no text")

    failures = Failures(Budgets())
    failures.record(ENDPOINT, MuteError(), None)
    ((failure, (count, sample)),) = failures.take().items()
    assert (failure.exception, count) == ("MuteError", 1)
    assert sample == "(MuteError: its text can't be had: LookupError)"


def test_a_text_is_kept_as_it_is_whatever_its_class_makes_of_it():
    class Translated(str):
        def __str__(self) -> str:
            return "zu langsam"

    failures = Failures(Budgets())
    failures.record(ENDPOINT, Translated("too slow"), None)
    assert list(failures.take().values()) == [(1, "too slow")]


def test_past_all_kinds_the_endpoint_stays_and_nothing_else():
    failures = Failures(Budgets())
    for number in range(schema.MAX_FAILURE_KINDS):
        failures.record((f"/{number}", "GET"), "bad", None)
    failures.take()
    failures.record(("/new", "GET"), ValueError("worse"), SimpleNamespace(status_code=500))
    assert list(failures.take()) == [Failure("/new", "GET", schema.FOLDED, "", schema.FOLDED)]
