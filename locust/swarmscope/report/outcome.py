"""What the exit code of a run is, and why: one sentence, which is the last that is said of it."""

import re
from fractions import Fraction

from swarmscope.errors import ExitCode
from swarmscope.report.summary import Summary
from swarmscope.runs.audit import Audit
from swarmscope.runs.audit_notes import several_runs
from swarmscope.words import count_of, percent, share

_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9}) ?(%?)")


def share_in(text: str) -> Fraction:
    """Return the share that *text* names, exactly: 1% or 0.01.

    Raises:
        ValueError: it is none, or can be read as either.

    """
    match = _SHARE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} isn't a share like 1% or 0.01")
    number = Fraction(match[1])
    if not match[2] and number >= 1:
        # A share of 1 is all there are; whoever writes 1 means a hundredth of that.
        raise ValueError(f"{text!r} may be a share or a percentage: write {text.strip()}%")
    found = number / 100 if match[2] else number
    if found > 1:
        raise ValueError(f"{text!r} is more than all requests")
    return found


def outcome_of(
    told: Summary, found: Audit, tolerated: Fraction, undelivered: str = ""
) -> tuple[ExitCode, str]:
    """Return the exit code of a run of which at most the share *tolerated* may fail, and why.

    Failures come first where there are too many: that is known, whatever else is missing. Where
    there is a reason why the load was *undelivered*, nobody knows how all of it would have gone.
    """
    # Those that are missing in the store may all have succeeded; of two runs with one id nobody
    # knows whose they are.
    one_run = len(found.starts) < 2
    if one_run and told.failures > tolerated * max(told.requests, found.seen):
        return _said(ExitCode.LIMIT_BROKEN, f"{_failed(told, tolerated)}, {_limit(tolerated)}")
    code = found.verdict.exit_code
    if code == ExitCode.NO_DATA:
        return _said(code, f"no request was answered{_instead(told)}")
    if undelivered:
        kept = "is stored" if code == ExitCode.FINE else "last may be missing"
        return _said(
            ExitCode.INCONCLUSIVE,
            f"{undelivered}. What was measured {kept}. A generator at its limit does that, or "
            "a network that was cut: give workers more CPU or fewer users (`make logs` says more)",
        )
    if code != ExitCode.FINE:
        why = "what is stored is incomplete" if one_run else several_runs(found.starts)
        return _said(code, f"{why}, so that nobody can say how the run went")
    if not told.failures:
        quiet = ", but its end was silent (see the warning)" if told.silence else ""
        return _said(code, f"no request failed, and all are stored{quiet}")
    return _said(code, f"{_failed(told, tolerated)}, which may ({percent(float(100 * tolerated))})")


def _failed(told: Summary, tolerated: Fraction) -> str:
    requests = count_of(told.requests, "request")
    part = share(told.failures, told.requests, float(100 * tolerated))
    return f"{told.failures:,} of {requests} failed ({part})"


def _instead(told: Summary) -> str:
    errors = sum(error.count for error in told.user_errors)
    if errors:
        its = count_of(errors, "exception")
        return f", while the locustfile's own code let out {its} (above): there is nothing to judge"
    # Locust cuts off what is under way when a test ends, and counts none of it.
    return (
        ": there is nothing to judge. Its tasks made none, or the target let all of them wait "
        "until the test ended (a wrong address, a firewall)"
    )


def _limit(tolerated: Fraction) -> str:
    if tolerated:
        return f"and no more than {percent(float(100 * tolerated))} may"
    return "and none may; to let 1 % of them: --max-fail-ratio 1%, or make run FAIL_RATIO=1%"


def _said(code: ExitCode, why: str) -> tuple[ExitCode, str]:
    return code, f"Exit code {code.value}: {why}."
