"""Budgets: the first values of a kind are told apart, the rest is counted together and said."""

from types import SimpleNamespace

import pytest

from swarmscope import schema
from swarmscope.errors import ConfigurationError
from swarmscope.recording.cardinality import Budget, Budgets, Limit
from swarmscope.recording.failures import Failures
from swarmscope.recording.points import Encoder
from swarmscope.settings import Settings

LIMIT = Limit(2, "colours", "Use fewer.")


def test_a_value_that_was_let_in_stays_in():
    budget = Budget(LIMIT, warn=lambda _: None)
    assert [budget.fold(c) for c in ("red", "blue", "green", "red")] == [
        "red",
        "blue",
        schema.FOLDED,
        "red",
    ]


def test_folding_is_said_once_with_the_remedy():
    said: list[str] = []
    budget = Budget(LIMIT, said.append)
    for colour in ("red", "blue", "green", "white"):
        budget.fold(colour)
    (message,) = said
    assert "More than 2 colours" in message
    assert "'green'" in message
    assert "Use fewer." in message


def test_of_a_long_value_its_beginning_is_said():
    said: list[str] = []
    budget = Budget(LIMIT, said.append)
    for colour in ("red", "blue", "x" * 81):
        budget.fold(colour)
    assert said == [
        f"More than 2 colours in one run: '{'x' * 80}' and further new ones are counted together "
        f"as {schema.FOLDED}. Use fewer."
    ]


def test_a_value_can_be_known_as_something_smaller_and_is_said_as_it_is():
    said: list[str] = []
    budget = Budget(LIMIT, said.append)
    known = [budget.admits(c, known_as=c[0]) for c in ("red", "rose", "blue", "green", "rust")]
    assert known == [True, True, True, False, True]
    assert "'green'" in said[0]


def many_failures(said: list[str]) -> dict[str, int]:
    """Record failures of more kinds than any budget allows; return how many of each budget."""
    failures = Failures(Budgets(said.append), said.append)
    for i in range(3_000):
        error = type(f"Error{i % 70}", (Exception,), {})("because " + "x" * (i % 80))
        response = SimpleNamespace(status_code=400 + i % 90)
        failures.record((f"/{i % 400}", "GET"), error, response)
    taken = failures.take()
    assert sum(count for count, _ in taken.values()) == 3_000
    assert {f.name for f in taken} == {f"/{i}" for i in range(400)}
    return {
        "kinds": len(taken),
        "exceptions": len({f.exception for f in taken}),
        "statuses": len({f.status for f in taken if f.status}),
        "reasons": len({f.reason for f in taken}),
    }


def test_every_tag_of_a_failure_is_bounded_and_every_failure_counted():
    said: list[str] = []
    found = many_failures(said)
    assert found["exceptions"] <= schema.MAX_EXCEPTIONS + 1
    assert found["statuses"] <= schema.MAX_STATUSES + 1
    assert found["reasons"] <= schema.MAX_REASONS + 1
    # Past its budget each endpoint still has a kind of its own.
    assert found["kinds"] <= schema.MAX_FAILURE_KINDS + 400
    assert len(said) == 4


def test_a_long_class_name_is_cut():
    failures = Failures(Budgets())
    failures.record(("/", "GET"), type("E" * 5_000, (Exception,), {})(), None)
    (failure,) = failures.take()
    assert len(failure.exception) <= 120


def test_a_failure_without_a_status_has_none_however_many_statuses_there_were():
    failures = Failures(Budgets())
    for code in range(400, 500):
        failures.record(("/", "GET"), "bad", SimpleNamespace(status_code=code))
    failures.take()
    failures.record(("/", "GET"), "bad", None)
    assert [f.status for f in failures.take()] == [""]


def test_user_classes_past_the_budget_are_counted_together():
    encoder = Encoder({"run": "r", "worker": "w"})
    classes = {f"User{i}": 2 for i in range(schema.MAX_USER_CLASSES + 5)}
    for _ in range(2):
        lines = encoder.users(classes, "count", 1)
        assert len(lines) == schema.MAX_USER_CLASSES + 1
        assert lines[-1] == f"locust_users,run=r,user_class={schema.FOLDED},worker=w count=10i " + (
            "1000000000"
        )


@pytest.mark.parametrize(
    "tags",
    [
        ",".join(f"t{i}=x" for i in range(schema.MAX_TAGS + 1)),
        "env=" + "x" * (schema.MAX_TAG_LENGTH + 1),
        "x" * (schema.MAX_TAG_LENGTH + 1) + "=env",
    ],
)
def test_own_tags_have_a_budget(tags: str):
    with pytest.raises(ConfigurationError, match="SWARMSCOPE_TAGS"):
        Settings.from_env({"SWARMSCOPE_TAGS": tags})


def test_own_tags_within_the_budget_are_taken():
    tags = ",".join(f"t{i}={'x' * schema.MAX_TAG_LENGTH}" for i in range(schema.MAX_TAGS))
    assert len(Settings.from_env({"SWARMSCOPE_TAGS": tags}).tags) == schema.MAX_TAGS
