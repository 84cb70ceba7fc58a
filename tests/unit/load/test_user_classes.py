"""User classes that stages name: found among those there are, or told before anything starts."""

import pytest
from locust import User

from swarmscope.errors import ConfigurationError
from swarmscope.load.user_classes import found, names_of


class Buyer(User):
    pass


class Visitor(User):
    pass


@pytest.mark.parametrize(
    ("told", "names"),
    [
        ([Buyer, "Visitor", "Buyer"], ("Buyer", "Visitor")),
        (("Buyer",), ("Buyer",)),
        ([], None),
        (None, None),
        ("Buyer", None),
        (Buyer, None),
        ({"Buyer": 1}, None),
        ([["Buyer"]], None),
        ([""], None),
    ],
)
def test_a_list_of_classes_or_of_names_is_one(told: object, names: tuple[str, ...] | None) -> None:
    assert names_of(told) == names


def test_nobody_is_looked_for_where_no_stage_names_one() -> None:
    assert found([None, None], [], "Day") == [None, None]


def test_a_stage_that_names_none_has_all_where_another_names_some() -> None:
    assert found([("Visitor",), None], [Buyer, Visitor], "Day") == [[Visitor], [Buyer, Visitor]]


def test_a_name_that_nobody_has_is_told_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError) as refused:
        found([None, ("Buyer", "Byer")], [Visitor, Buyer], "Day")
    assert str(refused.value) == (
        "Stage 2 of Day has the user class 'Byer', which isn't here. Nothing is started. "
        "There are: Buyer, Visitor."
    )
