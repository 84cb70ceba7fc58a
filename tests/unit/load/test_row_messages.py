"""The messages in which rows are asked for."""

from swarmscope.load import row_messages
from swarmscope.load.dealer import MOST
from swarmscope.load.row_messages import Question


def test_a_question_is_read_as_it_was_sent() -> None:
    question = Question(3, MOST, ["id"])
    assert row_messages.read(question._asdict()) == question


def test_files_are_told_apart() -> None:
    kinds = {f(name) for f in (row_messages.asking, row_messages.dealing) for name in ("a", "b")}
    assert len(kinds) == 4
