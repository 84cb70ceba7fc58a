"""The exit code of a run, and the sentence that says why it is that one."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.fixtures.audits import TWICE, audited, worker

from swarmscope.errors import ExitCode
from swarmscope.report.kinds import UserError
from swarmscope.report.outcome import outcome_of, share_in
from swarmscope.report.silence import Silence
from swarmscope.report.summary import Summary
from swarmscope.runs.audit import Audit
from swarmscope.runs.generators import Generators

NONE, A_HUNDREDTH = Fraction(0), Fraction(1, 100)


def told(requests: int, failures: int = 0, *, errors: int = 0) -> Summary:
    return Summary(
        run="r",
        test="t",
        target="",
        seconds=1.0,
        users=1,
        requests=requests,
        failures=failures,
        p50=None,
        p95=None,
        p99=None,
        slowest=(),
        cpu_peaks=(),
        generators=Generators(),
        user_errors=(UserError(errors, "Shopper", "KeyError", "shop.py:1"),) if errors else (),
    )


def found(stored: int, seen: int | None = None) -> Audit:
    seen = stored if seen is None else seen
    counts = {"seen": seen, "locust": seen, "delivered": stored, "lost": seen - stored}
    return audited(worker(**counts, stored=stored, totals=stored))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("0", NONE),
        ("0%", NONE),
        ("1%", A_HUNDREDTH),
        (" 1 % ", A_HUNDREDTH),
        ("0.01", A_HUNDREDTH),
        (".01", A_HUNDREDTH),
        ("0.29", Fraction(29, 100)),
        ("100%", Fraction(1)),
    ],
)
def test_a_share_is_read_exactly(text: str, share: Fraction) -> None:
    assert share_in(text) == share


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1", "'1' may be a share or a percentage: write 1%"),
        ("2.5", "write 2.5%"),
        ("101%", "is more than all requests"),
        ("", "isn't a share like 1% or 0.01"),
        ("-1%", "isn't a share"),
        ("1e-2", "isn't a share"),
        ("one", "isn't a share"),
        ("%", "isn't a share"),
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused(text: str, says: str) -> None:
    """A share of 1 would let all requests fail, where somebody means one of a hundred."""
    with pytest.raises(ValueError, match=says):
        share_in(text)


def test_of_a_silent_end_the_last_sentence_says_so() -> None:
    code, why = outcome_of(replace(told(10), silence=Silence(4.25, 10)), found(10), NONE)
    assert code == ExitCode.FINE
    assert why.endswith("and all are stored, but its end was silent (see the warning).")


@pytest.mark.parametrize(
    ("summary", "audit", "tolerated", "code", "says"),
    [
        (told(10), found(10), NONE, ExitCode.FINE, "no request failed, and all are stored."),
        (
            *(told(9_012, 84), found(9_012), NONE, ExitCode.LIMIT_BROKEN),
            "84 of 9,012 requests failed (0.93 %), and none may; to let 1 % of them: "
            "--max-fail-ratio 1%, or make run FAIL_RATIO=1%.",
        ),
        (
            *(told(9_012, 84), found(9_012), A_HUNDREDTH, ExitCode.FINE),
            "84 of 9,012 requests failed (0.93 %), which may (1 %).",
        ),
        (
            *(told(9_012, 91), found(9_012), A_HUNDREDTH, ExitCode.LIMIT_BROKEN),
            "91 of 9,012 requests failed (1.01 %), and no more than 1 % may.",
        ),
        (
            *(told(0), found(0), NONE, ExitCode.NO_DATA),
            "no request was answered: there is nothing to judge. Its tasks made none, or the "
            "target let all of them wait until the test ended (a wrong address, a firewall).",
        ),
        (
            *(told(0, errors=42), found(0), NONE, ExitCode.NO_DATA),
            "no request was answered, while the locustfile's own code let out 42 exceptions "
            "(above): there is nothing to judge.",
        ),
        (told(8), found(8, seen=10), NONE, ExitCode.INCONCLUSIVE, "what is stored is incomplete"),
        # That they failed is known, whatever else is missing.
        (told(8, 1), found(8, seen=10), NONE, ExitCode.LIMIT_BROKEN, "1 of 8 requests failed"),
    ],
)
def test_the_last_sentence_says_what_the_exit_code_is_and_why(
    summary: Summary, audit: Audit, tolerated: Fraction, code: ExitCode, says: str
) -> None:
    came, sentence = outcome_of(summary, audit, tolerated)
    assert came == code
    assert sentence.startswith(f"Exit code {code.value}: ")
    assert says in sentence


def test_failures_that_the_missing_requests_may_make_up_for_are_no_verdict() -> None:
    """Two of a hundred are too many; of the two hundred that there were, they may be few enough."""
    came, sentence = outcome_of(told(100, 2), found(100, seen=200), A_HUNDREDTH)
    assert came == ExitCode.INCONCLUSIVE, sentence
    came, sentence = outcome_of(told(100, 3), found(100, seen=200), A_HUNDREDTH)
    assert came == ExitCode.LIMIT_BROKEN, sentence


@pytest.mark.parametrize("failures", [0, 5])
def test_of_two_runs_with_one_id_nobody_knows_whose_failures_they_are(failures: int) -> None:
    came, sentence = outcome_of(told(10, failures), audited(worker(), events=TWICE), NONE)
    assert came == ExitCode.INCONCLUSIVE
    assert sentence.startswith("Exit code 5: 2 runs have this id, or its master was started anew: ")


def test_of_a_load_that_was_not_delivered_nobody_can_say_how_it_would_have_gone() -> None:
    why = "all workers fell silent, and Locust ended the test after 0:05"
    came, sentence = outcome_of(told(100), found(100), NONE, why)
    assert (came, sentence.startswith(f"Exit code 5: {why}.")) == (ExitCode.INCONCLUSIVE, True)
    came, _ = outcome_of(told(100, 1), found(100), NONE, why)
    assert came == ExitCode.LIMIT_BROKEN
    # Silent workers leave no final marker either: the reason for both is what is told.
    came, sentence = outcome_of(told(8), found(8, seen=10), NONE, why)
    assert came == ExitCode.INCONCLUSIVE
    assert sentence.startswith(f"Exit code 5: {why}. What was measured last may be missing.")
    came, _ = outcome_of(told(0), found(0), NONE, why)
    assert came == ExitCode.NO_DATA


@given(some.integers(1, 10_000), some.integers(0, 10_000), some.integers(0, 10_000))
def test_a_run_is_fine_up_to_just_that_share(requests: int, failures: int, tenths: int) -> None:
    failures = min(failures, requests)
    tolerated = share_in(f"{tenths / 100}%")
    code, _ = outcome_of(told(requests, failures), found(requests), tolerated)
    assert (code == ExitCode.FINE) == (failures * 10_000 <= tenths * requests)
