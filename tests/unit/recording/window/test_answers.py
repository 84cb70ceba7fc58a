"""Requests by the status of their answers."""

import gc
import weakref
from http import HTTPStatus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import Response
from tests.fixtures.recorders import Clock, record

from swarmscope.recording import statuses
from swarmscope.recording.points import Encoder
from swarmscope.recording.window import Recorder


class Answer:
    """An answer with whatever for a status."""

    def __init__(self, status_code: object) -> None:
        self.status_code = status_code


class Unread:
    """An answer whose property raises."""

    @property
    def status_code(self) -> int:
        raise ConnectionError("no status was read")


def statuses_of(recorder: Recorder) -> dict[int, int]:
    recorder.close()
    (window,) = recorder.take()
    (raw,) = window.endpoints
    assert sum(raw.statuses.values()) == len(raw.times)
    return raw.statuses


def test_each_request_counts_by_the_status_of_its_answer(recorder: Recorder, warnings: list[str]):
    plain, refused = Response(), Response()
    plain.status_code, refused.status_code = 404, 0
    for response in (
        Answer(200),
        Answer(200),
        plain,
        refused,
        None,
        object(),
        Unread(),
        Answer("x"),
    ):
        record(recorder, response=response)
    record(recorder, exception=ValueError("no"), response=Answer(503))
    record(recorder, response=Answer(200))
    assert statuses_of(recorder) == {200: 3, 404: 1, 503: 1, statuses.NONE: 5}
    assert warnings == []


@pytest.mark.long
def test_an_answer_is_not_kept(recorder: Recorder):
    for make in (lambda: Answer(200), Unread, lambda: Answer(None)):
        answer = make()
        gone = weakref.ref(answer)
        record(recorder, response=answer)
        del answer
        gc.collect()
        assert gone() is None


def test_what_a_status_holds_on_to_goes_with_its_window(recorder: Recorder):
    answer = Answer(Answer(200))
    gone = weakref.ref(answer.status_code)
    record(recorder, response=answer)
    del answer
    recorder.close()
    gc.collect()
    assert gone() is None


@settings(deadline=None)
@given(
    st.lists(
        st.one_of(
            st.none(),
            st.builds(object),
            st.builds(Unread),
            st.builds(
                Answer,
                st.one_of(
                    st.integers(0, 1_200),
                    st.sampled_from(list(HTTPStatus)),
                    st.sampled_from([True, None, "200", 200.0, 10**30, -1, [], {}, float("nan")]),
                ),
            ),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_statuses_add_up_to_the_requests(responses: list[object]):
    still = Clock()
    recorder = Recorder(clock=still.monotonic, wall=still.wall)
    encoder = Encoder({"run": "r"})
    for i, response in enumerate(responses):
        record(recorder, name=f"/{i % 3}", response=response)
    recorder.close()
    (window,) = recorder.take()
    for raw in window.endpoints:
        lines = list(encoder.statuses([raw], window.start))
        series = [line.split(" ")[0] for line in lines]
        assert len(set(series)) == len(series), "two points of one series and time are one"
        counts = [int(line.split(" ")[1].removeprefix("count=").rstrip("i")) for line in lines]
        assert sum(counts) == len(raw.times)
        assert min(counts) > 0


def test_a_time_out_in_an_answer_s_property_goes_on_and_the_request_counts(
    recorder: Recorder,
) -> None:
    """A property may wait, and users are ended, or run out of time, while it does."""

    class Waiting:
        @property
        def status_code(self) -> int:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record(recorder, response=Waiting())
    assert recorder.counted == 1
    assert statuses_of(recorder) == {statuses.NONE: 1}
