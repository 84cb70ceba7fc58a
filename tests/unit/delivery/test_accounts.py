"""No account contradicts itself: seen = delivered + rejected + lost + pending, none below zero."""

import gzip
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import gevent
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.fixtures.fake_influx import FakeInflux, Reply, fake_influx

from swarmscope.delivery import Account, Delivery
from swarmscope.delivery.outcome import Bisection, StoreLeftError
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Kept
from swarmscope.transport.write_api import Answer, AnswerKind

RAW, LONG = "loadtest", "loadtest_long"
ANSWERS = st.one_of(
    st.sampled_from(
        [
            Answer(AnswerKind.TAKEN, 204),
            Answer(AnswerKind.MALFORMED, 400, "unable to parse"),
            Answer(AnswerKind.TOO_LARGE, 413),
            Answer(AnswerKind.RETRY, 503),
            Answer(AnswerKind.REFUSED, 404),
        ]
    ),
    st.builds(
        lambda dropped, conflict: Answer(
            AnswerKind.PARTLY,
            422,
            ('field type conflict on measurement "locust_stats" ' if conflict else "too old ")
            + (f"dropped={dropped}" if dropped is not None else ""),
        ),
        st.none() | st.integers(0, 20) | st.integers(10**9, 10**30),
        st.booleans(),
    ),
)


def lines(counts: Sequence[int]) -> list[str]:
    return [
        *(f"locust_stats,name=/{i},run=r count={count}i {i}" for i, count in enumerate(counts)),
        f"locust_stats,name=Aggregated,run=r count={sum(counts)}i 9",
        "locust_users count=1i 5",
    ]


@st.composite
def batches(draw: st.DrawFn) -> list[Kept]:
    """Draw what one write may hold: batches of one bucket, of one run or several."""
    bucket = draw(st.sampled_from([RAW, LONG]))
    found = []
    for number, counts in enumerate(
        draw(st.lists(st.lists(st.integers(0, 9), max_size=5), min_size=1, max_size=4))
    ):
        text = lines(counts)
        requests = sum(counts) if bucket == RAW else 0
        body = gzip.compress(("\n".join(text) + "\n").encode(), mtime=0)
        run = draw(st.sampled_from(["run-1", "run-2"]))
        found.append(Kept(number, bucket, run, requests, len(text), body))
    return found


@settings(max_examples=300, deadline=None)
@given(batches(), ANSWERS, st.lists(ANSWERS, min_size=1, max_size=8))
def test_what_is_taken_and_what_is_refused_is_what_was_sent(
    sent: list[Kept], first: Answer, later: list[Answer]
):
    """However often the store is asked again, and whatever it says then."""
    asked = iter(range(10_000))

    def write(body: bytes) -> Answer:
        assert gzip.decompress(body)
        return later[next(asked) % len(later)]

    if first.kept:
        return
    try:
        outcome = Bisection(write).outcome(sent, first)
    except StoreLeftError:
        return  # all of it is sent again
    for run in {kept.run for kept in sent}:
        share = outcome.shares[run]
        assert min(vars(share).values()) >= 0
        assert share.taken_requests + share.rejected_requests == sum(
            kept.requests for kept in sent if kept.run == run
        )
        assert share.taken_points + share.rejected_points == sum(
            kept.points for kept in sent if kept.run == run
        )


def test_minutes_that_the_store_refuses_are_nobody_s_requests():
    """Each of them tells again of requests that the seconds account for."""
    text = lines([40, 46])
    body = gzip.compress(("\n".join(text) + "\n").encode(), mtime=0)
    minute = Kept(1, LONG, "run-1", 0, len(text), body)
    full = Answer(AnswerKind.PARTLY, 422, "too many series dropped=4")
    share = Bisection(lambda _: full).outcome([minute], full).shares["run-1"]
    assert (share.taken_requests, share.rejected_requests) == (0, 0)
    assert (share.taken_points, share.rejected_points) == (0, 4)


class Moody:
    """A store that answers as it is drawn, and is away for three writes at most."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._away = 3

    def answer(self, lines: list[str]) -> Reply:
        mood = self._random.randrange(8)
        if mood == 0 and self._away:
            self._away -= 1
            return Reply(503, "away")
        if mood == 1:
            dropped = self._random.choice([0, 1, len(lines), 10**30])
            return Reply(422, f"points beyond retention policy dropped={dropped}")
        if mood == 2:
            return Reply(422, 'conflict on measurement "locust_users" dropped=2')
        if mood == 3:
            return Reply(400, "unable to parse")
        if mood == 4 and len(lines) > 3:
            return Reply(413, "too large")
        return Reply()


def assert_consistent(account: Account) -> None:
    parts = (
        account.requests_delivered,
        account.requests_rejected,
        account.requests_lost,
        account.requests_pending,
    )
    assert min(parts) >= 0, account
    assert sum(parts) == account.requests_seen


@pytest.mark.long
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(0, 10**6),
    st.lists(st.tuples(st.lists(st.integers(0, 9), max_size=4), st.booleans()), max_size=20),
    st.sampled_from([1, 300, 10**6]),
    st.booleans(),
    st.booleans(),
)
def test_an_account_is_consistent_at_every_moment(
    seed: int,
    kept: list[tuple[list[int], bool]],
    room: int,
    on_disk: bool,
    long_is_missing: bool,
):
    seen: Counter[str] = Counter()
    with TemporaryDirectory() as folder, fake_influx(FakeInflux(answer=Moody(seed).answer)) as fake:
        spool = Path(folder) / "spool"
        if not on_disk:
            spool.write_text("in the way")
        if long_is_missing:
            fake.refusals[LONG] = Reply(404, "missing")
        delivery = Delivery(Settings(url=fake.url, spool_dir=spool, spool_max_bytes=room))
        delivery.start()
        for number, (counts, long) in enumerate(kept):
            run = f"run-{number % 2}"
            requests = 0 if long else sum(counts)
            seen[run] += requests
            delivery.keep(Batch(LONG if long else RAW, run, requests, lines(counts)))
            if number % 3 == 0:
                delivery.lose(run, 2)
                seen[run] += 2
                gevent.sleep(0.001)
            assert_consistent(delivery.account(run))
        delivered = delivery.flush(60)
        for run, requests in seen.items():
            account = delivery.account(run)
            assert_consistent(account)
            assert account.requests_seen == requests
            assert not account.requests_pending or not delivered
        delivery.close()
        assert delivered


def test_an_account_says_what_became_of_its_requests():
    account = Account(requests_seen=20)
    account.taken(9, 2)
    account.rejected(5, 1)
    account.lost(3, 4)
    assert account.requests_pending == 3
    assert str(account) == (
        "20 requests seen = 9 delivered + 5 rejected + 3 lost + 3 pending; "
        "points: 2 written, 1 rejected, 4 lost"
    )


@pytest.mark.parametrize("refusals", [3, 20])
def test_a_store_that_refuses_each_point_fills_no_log(
    caplog: pytest.LogCaptureFixture, refusals: int
):
    answer = Answer(AnswerKind.MALFORMED, 400, "unable to parse")
    judge = Bisection(lambda _: answer)
    body = gzip.compress(b"m f=1i 1\n", mtime=0)
    for number in range(refusals):
        judge.outcome([Kept(number, RAW, "r", 0, 1, body)], answer)
    assert caplog.text.count("refused one point for good") == min(refusals, 5)
    assert caplog.text.count("not said singly") == (refusals > 5)
