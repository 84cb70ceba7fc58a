"""Errors that a user can meet: three parts in one sentence after the other, and an exit code."""

import pytest

from swarmscope import errors
from swarmscope.errors import ExitCode, SwarmscopeError


@pytest.mark.parametrize(
    ("data", "remedy", "said"),
    [("", "", "A."), ("B.", "", "A. B."), ("", "C.", "A. C."), ("B.", "C.", "A. B. C.")],
)
def test_what_is_not_known_leaves_no_gap(data: str, remedy: str, said: str) -> None:
    error = SwarmscopeError("A.", data=data, remedy=remedy)
    assert str(error) == said
    assert (error.happened, error.data, error.remedy) == ("A.", data, remedy)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.ConfigurationError, 2),
        (errors.NoDataError, 3),
        (errors.StoreUnreachableError, 4),
        (errors.BucketMissingError, 4),
    ],
)
def test_an_exit_code_stays_what_scripts_know_it_as(kind: type[SwarmscopeError], code: int) -> None:
    assert kind("x").exit_code == code
    assert ExitCode(code) is kind.exit_code


def test_who_holds_a_store_is_known() -> None:
    error = errors.StoreBusyError("A.", data="B.", remedy="C.", holder=7)
    assert (error.holder, error.exit_code, str(error)) == (7, ExitCode.WRONG_USAGE, "A. B. C.")
