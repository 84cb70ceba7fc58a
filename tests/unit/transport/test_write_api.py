"""What each of the store's answers means for the batch that was sent."""

import pytest

from swarmscope.transport.write_api import Answer, Kind, classify, parameters


def test_a_write_says_where_its_points_belong_and_that_their_times_are_in_ns() -> None:
    assert parameters("o", "b") == {"org": "o", "bucket": "b", "precision": "ns"}


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (200, "", Kind.TAKEN),
        (204, "", Kind.TAKEN),
        (299, "", Kind.TAKEN),
        (199, "", Kind.REFUSED),
        (300, "", Kind.REFUSED),
        (400, "unable to parse 'x'", Kind.MALFORMED),
        (400, "a proxy's page", Kind.REFUSED),
        (401, "unauthorized access", Kind.REFUSED),
        (403, "forbidden", Kind.REFUSED),
        (404, "unable to parse the bucket's name", Kind.REFUSED),
        (407, "", Kind.REFUSED),
        (408, "", Kind.RETRY),
        (413, "too large", Kind.TOO_LARGE),
        (422, "dropped=1", Kind.PARTLY),
        (429, "", Kind.RETRY),
        (499, "", Kind.REFUSED),
        (500, "", Kind.RETRY),
        (503, "", Kind.RETRY),
        (599, "", Kind.RETRY),
    ],
)
def test_a_status_means_one_thing(status: int, message: str, kind: Kind):
    answer = classify(status, message, None)
    assert (answer.kind, answer.status) == (kind, status)
    assert answer.message == (message if kind is not Kind.TAKEN else "")
    assert answer.kept is (kind in (Kind.RETRY, Kind.REFUSED))


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
    assert Answer(Kind.PARTLY, 422, message).dropped == dropped


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(Kind.REFUSED, 404, "bucket not found"), "404: bucket not found"),
        (Answer(Kind.REFUSED, 404), "404"),
        (Answer(Kind.REFUSED, 404, " \n "), "404"),
        (Answer(Kind.RETRY, None, "connection refused"), "connection refused"),
        (Answer(Kind.RETRY, 500, "a\nb\x1b[31mc"), "500: a b [31mc"),
        (Answer(Kind.RETRY, 500, "x" * 501), "500: " + "x" * 500),
    ],
)
def test_an_answer_is_said_on_one_line(answer: Answer, said: str):
    assert str(answer) == said
