"""Exceptions of users' own code: told apart by class and place; bounded, but all counted."""

import json

import pytest

from swarmscope import schema
from swarmscope.points import Encoder
from swarmscope.user_errors import UserErrors, first_sight, place_of


def raised(text: str = "boom") -> KeyError:
    with pytest.raises(KeyError) as caught:
        {}.pop(text)
    return caught.value


def raised_in_a_library() -> ValueError:
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads("{")
    return caught.value


def test_each_exception_is_counted_at_its_place():
    errors = UserErrors()
    for _ in range(3):
        errors.record("Shop", raised())
    errors.record("Shop", ValueError("never raised"))
    counts = {(e.user_class, e.exception, e.place): n for e, (n, _) in errors.take().items()}
    ((_, _, place), *_) = counts
    assert place.startswith("test_user_errors.py:")
    assert place.endswith(" raised")
    assert counts == {
        ("Shop", "KeyError", place): 3,
        ("Shop", "ValueError", "(unknown)"): 1,
    }
    assert errors.take() == {}


def test_the_place_is_the_user_s_own_code_not_the_library_s():
    error = raised_in_a_library()
    assert place_of(error.__traceback__).endswith(" raised_in_a_library")


def test_the_sample_is_the_end_of_the_traceback_without_credentials():
    errors = UserErrors()
    errors.record("Shop", raised("http://me:geheim@shop/?token=s3cret " + "x" * 5_000 + " the end"))
    ((_, (_, sample)),) = errors.take().items()
    assert sample.endswith("the end'")
    assert len(sample) <= 2_000
    errors.record("Shop", raised("http://me:geheim@shop/?token=s3cret"))
    ((_, (_, sample)),) = errors.take().items()
    assert "geheim" not in sample
    assert "s3cret" not in sample
    assert "KeyError" in sample


def test_a_traceback_without_end_is_told_by_its_last_frames():
    def deeper() -> None:
        deeper()

    errors = UserErrors()
    with pytest.raises(RecursionError) as caught:
        deeper()
    errors.record("Shop", caught.value)
    ((error, (_, sample)),) = errors.take().items()
    assert error.place.endswith("deeper")
    assert sample.count("in deeper") <= 8


def test_an_exception_that_can_not_be_shown_is_counted():
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    errors = UserErrors()
    errors.record("Shop", OddError())
    ((error, (count, sample)),) = errors.take().items()
    assert (error.exception, count) == ("OddError", 1)
    assert "OddError" in sample


def test_kinds_past_the_budget_are_counted_together():
    said: list[str] = []
    errors = UserErrors(said.append)
    kinds = [type(f"E{i}", (Exception,), {}) for i in range(schema.MAX_EXCEPTIONS + 7)]
    for kind in kinds:
        errors.record("Shop", kind())
    counts = {e.exception: count for e, (count, _) in errors.take().items()}
    assert counts[schema.FOLDED] == 7
    assert sum(counts.values()) == len(kinds)
    assert len(said) == 1


def test_an_exception_is_seen_for_the_first_time_once():
    error = raised()
    assert first_sight(error)
    assert not first_sight(error)


def test_each_kind_becomes_a_point():
    errors = UserErrors()
    errors.record("Shop", raised())
    (line,) = Encoder({"run": "r", "worker": "worker-0"}).user_errors(errors.take(), 7)
    assert line.startswith("locust_user_error,exception=KeyError,place=test_user_errors.py:")
    assert ",run=r,user_class=Shop,worker=worker-0 count=1i,message=" in line
    assert line.endswith(" 7")
