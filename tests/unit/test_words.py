"""Numbers in sentences."""

import pytest

from swarmscope.delivery.accounts import Account
from swarmscope.words import are, count_of, were


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 requests are"),
        (1, "1 request is"),
        (2, "2 requests are"),
        (1_200, "1,200 requests are"),
    ],
)
def test_number_noun_and_verb_agree(number: int, said: str) -> None:
    assert f"{count_of(number, 'request')} {are(number)}" == said
    assert were(number) == ("was" if number == 1 else "were")


def test_an_unusual_plural_is_given() -> None:
    assert [count_of(n, "query", "queries") for n in (1, 2)] == ["1 query", "2 queries"]


def test_the_account_of_a_single_request() -> None:
    account = Account(requests_seen=1, requests_delivered=1)
    assert str(account).startswith("1 request seen = 1 delivered + 0 rejected")
