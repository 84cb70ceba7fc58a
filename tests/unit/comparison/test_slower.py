"""Endpoints too rare for a percentile that are slower all the same: named, but for chance."""

from collections.abc import Sequence
from random import Random

import pytest

from swarmscope.comparison.numbers import Numbers
from swarmscope.comparison.slower import Slower, slower
from swarmscope.recording.tally import Key, Raw

PAY: Key = ("/pay", "POST")
USUAL = 100.0
LONG = 1_000.0


def run(name: str, many: int, slow: int = 0, key: Key = PAY) -> Numbers:
    """Return a run of so many requests, of which so many are *slow*."""
    times = [USUAL] * (many - slow) + [LONG] * slow
    return Numbers(name, 60, {key: Raw(key, times, [], 0).fold()} if many else {})


def found(
    base: Sequence[tuple[int, int]],
    new: Sequence[tuple[int, int]],
    history: Sequence[tuple[int, int]] = (),
) -> tuple[Slower, ...]:
    sides = [
        [run(f"{side}{i}", *one) for i, one in enumerate(runs)]
        for side, runs in (("b", base), ("n", new), ("h", history))
    ]
    return slower(*sides, {PAY}, 0.2)


BASE = [(66, 0)] * 10


@pytest.mark.parametrize(
    ("base", "new", "said"),
    [
        (
            BASE,
            [(56, 8)] * 3,
            "3 new runs have fewer requests of POST /pay than p95 takes (59), "
            "but 24 of 168 took longer than 120 ms, a larger share than of the base",
        ),
        (BASE, [(58, 14)], "run n0 has fewer requests of POST /pay than p95 takes (59), but 14 of"),
        # One of several, of which the others have enough: it would be left out without a word.
        (BASE, [(66, 0), (58, 14), (70, 0)], "run n1 has fewer"),
        # The slow ones are that run's alone, which looks like a burst of all.
        (BASE, [(50, 0), (58, 14), (50, 0)], "run n1 has fewer"),
        # Not every run of the base has it either.
        ([(66, 0)] * 3 + [(50, 0)] * 7, [(56, 8)] * 3, "24 of 168"),
        ([(66, 0)], [(58, 30)], "30 of 58"),
        (BASE, [(4, 4)] * 3, "than p50 takes (5), but 12 of 12 took longer"),
    ],
)
def test_one_that_is_slower_is_named(
    base: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]], said: str
) -> None:
    (one,) = found(base, new)
    assert one.endpoint == PAY
    assert said in str(one)


@pytest.mark.parametrize(
    ("base", "new"),
    [
        (BASE, [(56, 0)] * 3),
        # Chance: of 56 requests 5 % are nearly three.
        (BASE, [(56, 5)]),
        (BASE, [(56, 3)] * 3),
        # Slow ones come in bursts, as runs of the base have them.
        ([(66, 3)] * 10, [(56, 3)] * 3),
        ([(66, 0), (66, 40), (66, 0), (66, 0), (66, 33)], [(56, 14)]),
        # A row compares what has enough, and nothing tells what the base never had.
        (BASE, [(59, 30)]),
        ([(50, 0)] * 10, [(56, 30)]),
        (BASE, [(0, 0)]),
    ],
)
def test_what_chance_explains_or_is_compared_anyway_is_not(
    base: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]]
) -> None:
    assert found(base, new) == ()


def test_earlier_runs_tell_of_bursts_as_well() -> None:
    one, burst = [(66, 0)], [(66, 0), (66, 30), (66, 0), (66, 0), (66, 24), (66, 0)]
    assert found(one, [(58, 18)])
    assert found(one, [(58, 18)], burst) == ()


def test_what_is_less_than_must_be_seen_is_no_matter() -> None:
    """A tenth more of all of them: nobody asked for less than a fifth."""
    base = [run(f"b{i}", 66) for i in range(10)]
    for factor, named in ((1.1, 0), (1.3, 1)):
        tally = Raw(PAY, [USUAL * factor] * 56, [], 0).fold()
        assert len(slower(base, [Numbers("n", 60, {PAY: tally})], [], {PAY}, 0.2)) == named
    assert slower(base, [run("n", 56, 30)], [], set(), 0.2) == ()


def test_many_endpoints_make_chance_no_likelier() -> None:
    """Ten of 56 come once in 2,400 times: rare of one, and not of one among fifty."""
    for many, named in ((1, 1), (50, 0)):
        keys = [(f"/{i}", "GET") for i in range(many)]
        base, new = (
            Numbers(name, 60, {key: run(name, of, slow, key).tallies[key] for key in keys})
            for name, of, slow in (("b", 600, 0), ("n", 56, 10))
        )
        assert len(slower([base], [new], [], set(keys), 0.2)) == named * many


def test_equal_runs_hardly_ever_have_one() -> None:
    """Of 30 comparisons of ten endpoints each, with runs that differ by some percent."""
    chance = Random(5)
    keys = [(f"/{i}", "GET") for i in range(10)]

    def played(name: str) -> Numbers:
        offset = chance.gauss(0, 0.04)
        tallies = {
            key: Raw(
                key,
                [chance.lognormvariate(4 + offset, 0.5) for _ in range(chance.randint(40, 75))],
                [],
                0,
            ).fold()
            for key in keys
        }
        return Numbers(name, 60, tallies)

    alarms = 0
    for sides in [(3, 3)] * 10 + [(1, 1)] * 20:
        base, new = ([played(f"{i}") for i in range(many)] for many in sides)
        alarms += bool(slower(base, new, [], keys, 0.2))
    assert alarms <= 1
