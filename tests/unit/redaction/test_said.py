"""What services say of a credential, told from a credential: only the first helps who reads it."""

import pytest

from swarmscope.redaction.said import are_sentences, is_said, is_sentence, is_state


@pytest.mark.parametrize("word", ["invalid", "Missing.", "(expired)", "REQUIRED", "wrong!"])
def test_a_word_for_what_is_wrong_is_no_credential(word: str) -> None:
    assert is_state(word)
    assert is_sentence(word)


@pytest.mark.parametrize("word", ["hunter2", "invalidated1", "", "s3cret", "correct-horse"])
def test_another_word_may_be_one(word: str) -> None:
    assert not is_state(word)
    assert not is_sentence(word)


@pytest.mark.parametrize(
    "text",
    [
        "must be longer than 8 characters",
        "This field can't be blank.",
        "Token has expired",
        "is too short (minimum is 8)",
        "The user\u2019s password isn\u2019t valid",
    ],
)
def test_a_sentence_of_which_a_word_tells_is_none(text: str) -> None:
    assert is_sentence(text)


@pytest.mark.parametrize(
    "text",
    [
        "correct horse battery staple",  # a phrase that is a password
        "is s3cret-42 valid",  # odd signs in a word
        "must be " + "long " * 60,
    ],
)
def test_several_words_of_which_none_tells_may_be_one(text: str) -> None:
    assert not is_sentence(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("password: must be longer", True),
        ("password: invalid", True),
        ("password: hunter", False),
        ("password: hunter2 is", False),
    ],
)
def test_a_value_that_a_sentence_goes_on_behind_is_said_of_one(text: str, said: bool) -> None:
    start = len("password: ")
    end = text.find(" ", start)
    assert is_said(text, start, len(text) if end < 0 else end) is said


@pytest.mark.parametrize(
    ("text", "are"),
    [
        ('["This field is required."]', True),
        ("['must be longer', \"can't be blank\"]", True),
        (r"[\"is invalid\"]", True),
        ('["hunter2"]', False),
        ('["is invalid", "hunter2"]', False),
        ('["is invalid" "twice"]', False),
        ("[]", False),
        ('"is invalid"', False),
        ('["is invalid"' + ', "is invalid"' * 100 + "]", False),
    ],
)
def test_a_list_is_of_sentences_if_each_is_one(text: str, are: bool) -> None:
    assert are_sentences(text) is are
