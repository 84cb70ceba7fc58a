"""What a user reads of a store that takes nothing: once, with the remedy, and when it is over."""

from pathlib import Path

import pytest

from swarmscope.delivery.trouble import Trouble
from swarmscope.settings import Settings
from swarmscope.transport.write_api import Answer, AnswerKind

RAW, LONG = "loadtest", "loadtest_long"
AWAY = Answer(AnswerKind.RETRY, None, "connection refused")
BUSY = Answer(AnswerKind.RETRY, 503, "busy")


def refused(status: int) -> Answer:
    return Answer(AnswerKind.REFUSED, status, "no")


class Said:
    """A trouble, and what it said since the last look."""

    def __init__(self, caplog: pytest.LogCaptureFixture, **settings: object) -> None:
        self._caplog = caplog
        caplog.set_level("INFO")
        self.trouble = Trouble(
            Settings(url="http://store:1", spool_dir=Path("/spool"), **settings)  # type: ignore[arg-type]
        )

    def take(self) -> list[str]:
        found = [record.getMessage() for record in self._caplog.records]
        self._caplog.clear()
        return found


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Said:
    return Said(caplog)


def test_a_store_that_is_away_is_said_with_where_the_data_is_and_what_to_do(said: Said):
    said.trouble.say(RAW, AWAY)
    assert said.take() == [
        "The store at http://store:1 can't take data for the bucket loadtest (connection refused). "
        "The test runs on; windows are kept in /spool and sent when it answers. Check "
        "INFLUXDB_V2_URL, or start a store: swarmscope serve."
    ]


def test_the_same_trouble_is_said_once_and_again_after_it_was_over(said: Said):
    said.trouble.say(RAW, BUSY)
    said.trouble.say(RAW, Answer(AnswerKind.RETRY, 500, "other words"))
    assert len(said.take()) == 1
    said.trouble.over(RAW)
    said.trouble.over(RAW)
    assert said.take() == [
        "The store at http://store:1 takes data for the bucket loadtest again; what was kept is "
        "sent."
    ]
    said.trouble.say(RAW, BUSY)
    assert len(said.take()) == 1


def test_a_refusal_is_said_once_for_each_reason(said: Said):
    for status in (404, 404, 403, 403):
        said.trouble.say(RAW, refused(status))
    assert ["(404: no)" in text for text in said.take()] == [True, False]


def test_a_store_that_takes_everything_says_nothing(said: Said):
    said.trouble.over(RAW)
    assert said.take() == []


def test_another_kind_of_trouble_is_said_too(said: Said):
    said.trouble.say(RAW, BUSY)
    said.trouble.say(RAW, refused(404))
    assert ["refused the write (404: no)" in text for text in said.take()] == [False, True]


@pytest.mark.parametrize(
    ("answer", "times"), [(AWAY, 1), (refused(401), 1), (BUSY, 1), (refused(404), 2)]
)
def test_what_says_nothing_of_one_bucket_alone_is_said_once_for_all(
    said: Said, answer: Answer, times: int
):
    said.trouble.say(RAW, answer)
    said.trouble.say("other", answer)
    assert len(said.take()) == times


def test_a_token_that_nobody_knows_is_no_store_that_is_away(said: Said):
    said.trouble.say(RAW, AWAY)
    said.trouble.say("other", refused(401))
    assert len(said.take()) == 2


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (401, "Set INFLUXDB_V2_TOKEN to a token that may write"),
        (403, "Give the token the right to write to the bucket"),
        (
            404,
            "Create the bucket (swarmscope buckets create), or correct INFLUXDB_V2_ORG and "
            "INFLUXDB_V2_BUCKET",
        ),
        (405, "Check INFLUXDB_V2_URL"),
    ],
)
def test_a_refusal_is_said_with_the_remedy_of_its_status(said: Said, status: int, remedy: str):
    said.trouble.say(RAW, refused(status))
    assert said.take() == [
        f"The store at http://store:1 refused the write ({status}: no) to the bucket loadtest. The "
        f"test runs on; windows are kept in /spool. {remedy}, and they are sent."
    ]


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (404, "Create the bucket (swarmscope buckets create)"),
        (403, "Give the token the right to write to the bucket"),
    ],
)
def test_a_bucket_that_nothing_hangs_on_says_how_to_do_without(
    said: Said, status: int, remedy: str
):
    said.trouble.say(LONG, refused(status))
    assert said.take() == [
        f"The store at http://store:1 refused the write ({status}: no) to the bucket "
        "loadtest_long. The test runs on, and all else is sent: only the one-minute points for "
        f"long ranges are missing. They are kept in /spool. {remedy}, and they are sent; or set "
        "SWARMSCOPE_BUCKET_LONG to nothing, and none are written."
    ]


@pytest.mark.parametrize(
    ("status", "read_again"), [(401, True), (403, True), (404, False), (405, False)]
)
def test_a_token_from_a_file_is_replaced_there(
    caplog: pytest.LogCaptureFixture, status: int, read_again: bool
):
    said = Said(caplog, token_file=Path("/secrets/token"))
    said.trouble.say(RAW, refused(status))
    (text,) = said.take()
    told = "Put a token that may write to the bucket into /secrets/token: it is read again" in text
    assert told is read_again


def test_of_a_page_in_the_store_s_place_the_address_is_doubted(said: Said):
    said.trouble.say(RAW, refused(200))
    (text,) = said.take()
    assert "refused the write (200: no) to the bucket loadtest. The test runs on" in text
    assert "neither an InfluxDB 2 nor `swarmscope serve`" in text
    assert "correct INFLUXDB_V2_URL, and they are sent." in text
