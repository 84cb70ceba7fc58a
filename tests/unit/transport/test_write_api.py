"""What each of the store's answers means for the batch that was sent."""

import pytest

from swarmscope.transport.write_api import Answer, AnswerKind, classify, parameters


def test_a_write_says_where_its_points_belong_and_that_their_times_are_in_ns() -> None:
    assert parameters("o", "b") == {"org": "o", "bucket": "b", "precision": "ns"}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (200, "", AnswerKind.TAKEN),
        (204, "", AnswerKind.TAKEN),
        (200, "<html>Log in</html>", AnswerKind.REFUSED),
        (299, "", AnswerKind.TAKEN),
        (199, "", AnswerKind.REFUSED),
        (300, "", AnswerKind.REFUSED),
        (400, "unable to parse 'x'", AnswerKind.MALFORMED),
        (400, "a proxy's page", AnswerKind.REFUSED),
        (401, "unauthorized access", AnswerKind.REFUSED),
        (403, "forbidden", AnswerKind.REFUSED),
        (404, "unable to parse the bucket's name", AnswerKind.REFUSED),
        (407, "", AnswerKind.REFUSED),
        (408, "", AnswerKind.RETRY),
        (413, "too large", AnswerKind.TOO_LARGE),
        (422, "dropped=1", AnswerKind.PARTLY),
        (429, "", AnswerKind.RETRY),
        (499, "", AnswerKind.REFUSED),
        (500, "", AnswerKind.RETRY),
        (503, "", AnswerKind.RETRY),
        (599, "", AnswerKind.RETRY),
    ],
)
def test_a_status_means_one_thing(status: int, message: str, kind: AnswerKind):
    answer = classify(status, message, None)
    assert (answer.kind, answer.status) == (kind, status)
    assert answer.message == (message if kind is not AnswerKind.TAKEN else "")
    assert answer.kept is (kind in (AnswerKind.RETRY, AnswerKind.REFUSED))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("17", 17.0),
        ("999999999", 999_999_999.0),
        ("1000000000", None),
        ("-1", None),
        ("1.5", None),
        ("17 s", None),
        ("²", None),
        ("Wed, 25 Nov 2026 21:00:00 GMT", None),
    ],
)
def test_the_store_s_own_pause_is_whole_seconds_or_none(header: str | None, seconds: float | None):
    assert classify(503, "", header).retry_after == seconds
    assert classify(403, "", header).retry_after is None


@pytest.mark.parametrize(
    ("message", "dropped"),
    [("beyond retention policy dropped=12", 12), ("dropped=x", 0), ("", 0), ("dropped=0", 0)],
)
def test_how_many_points_were_dropped_is_in_the_message(message: str, dropped: int):
    assert Answer(AnswerKind.PARTLY, 422, message).dropped == dropped


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(AnswerKind.REFUSED, 404, "bucket not found"), "404: bucket not found"),
        (Answer(AnswerKind.REFUSED, 404), "404"),
        (Answer(AnswerKind.REFUSED, 404, " \n "), "404"),
        (Answer(AnswerKind.RETRY, None, "connection refused"), "connection refused"),
        (Answer(AnswerKind.RETRY, 500, "a\nb\x1b[31mc"), "500: a b [31mc"),
        (Answer(AnswerKind.RETRY, 500, "x" * 501), "500: " + "x" * 500),
    ],
)
def test_an_answer_is_said_on_one_line(answer: Answer, said: str):
    assert str(answer) == said
