"""Exceptions of users' own code: told apart by class and place; bounded, but all counted."""

import json
import traceback
from collections.abc import Callable

import pytest

from swarmscope import schema
from swarmscope.recording.cardinality import Budgets
from swarmscope.recording.points import Encoder
from swarmscope.recording.user_errors import UserError, UserErrors, first_sight, place_of


def raised(text: str = "boom") -> KeyError:
    with pytest.raises(KeyError) as caught:
        {}.pop(text)
    return caught.value


def raised_in_a_library() -> ValueError:
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads("{")
    return caught.value


def test_each_exception_is_counted_at_its_place():
    errors = UserErrors(Budgets())
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
    errors = UserErrors(Budgets())
    errors.record("Shop", raised("http://me:geheim@shop/?token=s3cret " + "x" * 5_000 + " the end"))
    ((_, (_, sample)),) = errors.take().items()
    assert sample.endswith("the end'")
    assert len(sample) <= 2_000
    errors.record("Shop", raised("http://me:geheim@shop/?token=s3cret"))
    ((_, (_, sample)),) = errors.take().items()
    assert "geheim" not in sample
    assert "s3cret" not in sample
    assert "KeyError" in sample


def test_the_end_is_told_however_many_credentials_are_far_before_it():
    errors = UserErrors(Budgets())
    errors.record("Shop", raised('"token": "a", ' * 3_000 + "x" * 8_200 + " the end"))
    ((_, (_, sample)),) = errors.take().items()
    assert sample.endswith("the end'")


def test_a_traceback_without_end_is_told_by_its_last_frames():
    def deeper() -> None:
        deeper()

    errors = UserErrors(Budgets())
    with pytest.raises(RecursionError) as caught:
        deeper()
    errors.record("Shop", caught.value)
    ((error, (_, sample)),) = errors.take().items()
    assert error.place.endswith("deeper")
    assert sample.count("in deeper") <= 8


def test_the_sample_is_python_s_own_traceback_whichever_way_that_comes():
    error = raised()
    written = "".join(traceback.format_exception(error)).strip()
    tb, error.__traceback__ = error.__traceback__, None
    for given, expected in ((tb, written), (None, "KeyError: 'boom'")):
        errors = UserErrors(Budgets())
        errors.record("Shop", error, given)
        assert [sample for _, sample in errors.take().values()] == [expected]
    error.__traceback__ = tb
    errors = UserErrors(Budgets())
    errors.record("Shop", error)
    assert [sample for _, sample in errors.take().values()] == [written]


def test_of_a_long_way_to_it_the_last_steps_are_told():
    def there(steps: int) -> None:
        back(steps - 1)

    def back(steps: int) -> None:
        there(steps) if steps else at_last()

    def at_last() -> None:
        raise LookupError

    errors = UserErrors(Budgets())
    with pytest.raises(LookupError) as caught:
        there(20)
    errors.record("Shop", caught.value)
    ((_, (_, sample)),) = errors.take().items()
    assert sample.count("\n  File ") == 8
    assert sample.count("at_last\n") == 1


@pytest.mark.parametrize("over", [0, 1])
def test_a_sample_of_two_thousand_characters_is_whole_and_of_a_longer_one_the_end(over: int):
    errors = UserErrors(Budgets())
    text = "ValueError: " + "x" * (1_988 + over - 3) + "end"
    errors.record("Shop", ValueError(text.removeprefix("ValueError: ")))
    ((_, (_, sample)),) = errors.take().items()
    assert sample == (f"…{text[2:]}" if over else text)
    assert len(sample) == 2_000


def test_an_exception_whose_traceback_can_not_be_had_is_counted_with_the_reason():
    class OddError(Exception):
        @property
        def __suppress_context__(self) -> bool:
            raise RuntimeError

    errors = UserErrors(Budgets())
    errors.record("Shop", OddError())
    assert list(errors.take().values()) == [
        (1, "(the traceback of OddError can't be had: RuntimeError)")
    ]


def test_an_exception_that_can_not_be_shown_is_counted():
    class OddError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    errors = UserErrors(Budgets())
    errors.record("Shop", OddError())
    ((error, (count, sample)),) = errors.take().items()
    assert (error.exception, count) == ("OddError", 1)
    assert "OddError" in sample


def test_kinds_past_the_budget_are_counted_together():
    said: list[str] = []
    errors = UserErrors(Budgets(said.append))
    kinds = [type(f"E{i}", (Exception,), {}) for i in range(schema.MAX_EXCEPTIONS + 7)]
    for kind in kinds:
        errors.record("Shop", kind())
    counts = {e.exception: count for e, (count, _) in errors.take().items()}
    assert counts[schema.FOLDED] == 7
    assert sum(counts.values()) == len(kinds)
    assert len(said) == 1


def raised_in(file: str, function: str) -> KeyError:
    """Return what a *function* in a *file* of the user's let out."""
    names: dict[str, Callable[[], None]] = {}
    exec(compile(f"def {function}(): raise KeyError", file, "exec"), names)
    with pytest.raises(KeyError) as caught:
        names[function]()
    return caught.value


def test_places_and_user_classes_past_their_budgets_are_counted_together_and_said():
    said: list[str] = []
    errors = UserErrors(Budgets(said.append))
    for number in range(schema.MAX_PLACES + 3):
        errors.record("Shop", raised_in("locustfile.py", f"task_{number}"))
    for number in range(schema.MAX_USER_CLASSES + 3):
        errors.record(f"Shop{number}", KeyError())
    taken = errors.take()
    assert sum(count for e, (count, _) in taken.items() if e.place == schema.FOLDED) >= 3
    assert sum(count for e, (count, _) in taken.items() if e.user_class == schema.FOLDED) >= 3
    assert "places in users' code that raise" in said[0]
    assert "user classes" in said[1]


def test_past_all_kinds_the_user_class_stays():
    said: list[str] = []
    errors = UserErrors(Budgets(said.append))
    kinds = [type(f"E{i}", (Exception,), {}) for i in range(schema.MAX_EXCEPTIONS)]
    classes = [f"Shop{i}" for i in range(-(-schema.MAX_USER_ERRORS // len(kinds)) + 1)]
    for user_class in classes:
        for kind in kinds:
            errors.record(user_class, kind())
    taken = errors.take()
    assert len(said) == 1
    assert "kinds of exceptions in users' code" in said[0]
    folded = UserError(classes[-1], schema.FOLDED, schema.FOLDED)
    assert taken[folded][0] == len(kinds)
    assert sum(count for count, _ in taken.values()) == len(classes) * len(kinds)


def test_python_s_frozen_modules_are_no_place_of_the_user_s():
    error = raised_in("<frozen importlib._bootstrap>", "_find_and_load")
    assert place_of(error.__traceback__).endswith(" raised_in")


def test_an_exception_that_can_not_be_marked_may_come_twice():
    class SlottedError(Exception):
        def __setattr__(self, name: str, value: object) -> None:
            raise AttributeError(name)

    error = SlottedError()
    assert first_sight(error)
    assert first_sight(error)


def test_an_exception_is_seen_for_the_first_time_once():
    error = raised()
    assert first_sight(error)
    assert not first_sight(error)


def test_each_kind_becomes_a_point():
    errors = UserErrors(Budgets())
    errors.record("Shop", raised())
    (line,) = Encoder({"run": "r", "worker": "worker-0"}).user_errors(errors.take(), 7)
    assert line.startswith("locust_user_error,exception=KeyError,place=test_user_errors.py:")
    assert ",run=r,user_class=Shop,worker=worker-0 count=1i,message=" in line
    assert line.endswith(" 7")
