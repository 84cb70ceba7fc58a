"""What is said of each kind of failure and of exception."""

import traceback

import pytest
import requests

from swarmscope.report.kinds import UserError


class OddError(Exception):
    """One of a locustfile's own."""


def _of_users(raised: BaseException, count: int = 2) -> str:
    text = "".join(traceback.format_exception(raised)).strip()
    place = {"user_class": "Shopper", "place": "shop.py:12 Shopper.buy"}
    row = {**place, "exception": type(raised).__name__, "count": count, "message": text}
    return UserError.of(row).line()


@pytest.mark.parametrize(
    ("raised", "said"),
    [
        (ValueError("invalid request URI '//a'"), ", one says: invalid request URI '//a'"),
        (KeyError("token"), ", one says: 'token'"),
        (requests.exceptions.InvalidSchema("none for 'x:80/a'"), ", one says: none for 'x:80/a'"),
        (OddError("first\nOddly: second"), ", one says: first"),
        (AssertionError(), ""),
        (OddError("é" * 5_000), ", one says: " + "é" * 199 + "…"),
    ],
    ids=["built-in", "key", "of-a-package", "several-lines", "nothing", "long"],
)
def test_an_exception_in_users_own_code_says_what_was_wrong(raised: Exception, said: str) -> None:
    assert _of_users(raised) == (
        f"{type(raised).__name__} 2 times in the code of Shopper, shop.py:12 Shopper.buy{said}"
    )


def test_of_an_exception_that_came_while_another_was_handled_the_last_one_is_said() -> None:
    def wrong(cause: Exception, then: Exception) -> Exception:
        try:
            raise then from cause
        except ValueError as error:
            return error

    raised = wrong(ValueError("no number"), ValueError("no price"))
    assert _of_users(raised, 1).endswith(
        "once in the code of Shopper, shop.py:12 Shopper.buy, it says: no price"
    )


def test_an_exception_of_a_class_within_a_function_says_it_too() -> None:
    class Inner(Exception):  # noqa: N818 - its name is what is looked for
        pass

    assert _of_users(Inner("sold out")).endswith(", one says: sold out")
