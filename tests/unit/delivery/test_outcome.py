"""Lines that a store refuses are found, counted once, and cost no others."""

import gzip

import pytest

from swarmscope.delivery.outcome import Bisection, Outcome, Share, StoreLeftError
from swarmscope.spool import Kept
from swarmscope.transport.write_api import Answer, AnswerKind

TAKEN = Answer(AnswerKind.TAKEN, 204)
MALFORMED = Answer(AnswerKind.MALFORMED, 400, "unable to parse")
AWAY = Answer(AnswerKind.RETRY, 503)


def line(count: int) -> str:
    return f"locust_stats,name=/a count={count}i {count}"


def kept(*counts: int, run: str = "r") -> Kept:
    body = gzip.compress(("\n".join(map(line, counts)) + "\n").encode(), mtime=0)
    return Kept(1, "loadtest", run, sum(counts), len(counts), body)


class Store:
    """Answers each write by *answer*, and remembers what came."""

    def __init__(self, refused: set[int], answer: Answer = MALFORMED) -> None:
        self._refused = set(map(line, refused))
        self._answer = answer
        self.writes: list[list[str]] = []

    def write(self, body: bytes) -> Answer:
        text = gzip.decompress(body).decode()
        assert text.endswith("\n")
        lines = text.removesuffix("\n").split("\n")
        self.writes.append(lines)
        return self._answer if self._refused & set(lines) else TAKEN


def shares(outcome: Outcome) -> dict[str, tuple[int, int, int, int]]:
    return {run: tuple(vars(share).values()) for run, share in outcome.shares.items()}  # type: ignore[misc]


def test_what_is_taken_needs_no_further_write():
    store = Store(set())
    outcome = Bisection(store.write).outcome([kept(3, 4), kept(5, run="s")], TAKEN)
    assert shares(outcome) == {"r": (7, 2, 0, 0), "s": (5, 1, 0, 0)}
    assert store.writes == []


def test_the_lines_to_blame_are_found_by_halves_and_the_rest_is_stored():
    store = Store({2, 16})
    outcome = Bisection(store.write).outcome([kept(1, 2, 4, 8, 16)], MALFORMED)
    assert shares(outcome) == {"r": (13, 3, 18, 2)}
    stored = [one for lines in store.writes for one in lines if not {line(2), line(16)} & {*lines}]
    assert sorted(stored) == sorted(map(line, (1, 4, 8)))


def test_of_several_batches_each_is_looked_at_by_itself():
    store = Store({4})
    outcome = Bisection(store.write).outcome([kept(1, 2), kept(4, 8, run="s")], MALFORMED)
    assert shares(outcome) == {"r": (3, 2, 0, 0), "s": (8, 1, 4, 1)}
    assert store.writes[:2] == [[line(1), line(2)], [line(4), line(8)]]


def test_what_is_too_large_is_halved_until_it_fits():
    store = Store({1}, Answer(AnswerKind.TOO_LARGE, 413))
    outcome = Bisection(store.write).outcome([kept(1, 2)], Answer(AnswerKind.TOO_LARGE, 413))
    assert shares(outcome) == {"r": (2, 1, 1, 1)}


def test_what_the_store_dropped_is_refused_and_nothing_is_sent_again():
    store = Store(set())
    outcome = Bisection(store.write).outcome(
        [kept(1, 2, 4)], Answer(AnswerKind.PARTLY, 422, "dropped=2")
    )
    assert shares(outcome) == {"r": (4, 1, 3, 2)}
    assert store.writes == []


def test_a_store_that_drops_it_does_not_say_how_many_is_asked_by_halves():
    unsaid = Answer(AnswerKind.PARTLY, 422, "some were dropped")
    store = Store({2}, unsaid)
    outcome = Bisection(store.write).outcome([kept(1, 2)], unsaid)
    assert shares(outcome) == {"r": (1, 1, 2, 1)}


def test_what_is_dropped_of_each_half_adds_up():
    def write(body: bytes) -> Answer:
        return Answer(AnswerKind.PARTLY, 422, "beyond retention policy dropped=1")

    outcome = Bisection(write).outcome([kept(1, 2, 4, 8)], Answer(AnswerKind.TOO_LARGE, 413))
    assert shares(outcome) == {"r": (10, 2, 5, 2)}


def test_no_more_is_dropped_than_was_sent(caplog: pytest.LogCaptureFixture):
    outcome = Bisection(Store(set()).write).outcome(
        [kept(1, 2)], Answer(AnswerKind.PARTLY, 422, "dropped=900")
    )
    assert shares(outcome) == {"r": (0, 0, 3, 2)}
    assert "dropped 2 of 2 points for good: 422: dropped=900" in caplog.text


def test_a_store_that_leaves_meanwhile_says_so_with_its_own_words():
    with pytest.raises(StoreLeftError) as caught:
        Bisection(lambda _: AWAY).outcome([kept(1, 2)], MALFORMED)
    assert caught.value.answer is AWAY


def test_a_refused_point_is_said(caplog: pytest.LogCaptureFixture):
    Bisection(lambda _: TAKEN).outcome([kept(1)], MALFORMED)
    assert "refused one point for good: 400: unable to parse" in caplog.text


def test_shares_add_up_and_never_exceed_what_there_was():
    outcome = Outcome()
    outcome.add(kept(3, 4), requests=99, points=99)
    outcome.add(kept(3, 4), requests=3, points=1)
    outcome.add(kept(3, 4))
    assert outcome.shares["r"] == Share(
        taken_requests=11, taken_points=3, rejected_requests=10, rejected_points=3
    )
