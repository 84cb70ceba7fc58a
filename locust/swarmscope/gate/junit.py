"""A verdict as JUnit XML: a case for each threshold, as CI servers show tests."""

import re

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import Judged, RunVerdict

Kind = Error | Failure | Skipped
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(found: RunVerdict) -> str:
    """Return the verdict as an XML document.

    A broken threshold is a failure, or of one that only warns a case that passes, and says so; what
    nobody can tell is an error, and so is each doubt about the run. The suite isn't called after
    the run: GitLab tells by suite and case what failed before as well.
    """
    suite = TestSuite("swarmscope check")
    suite.add_property("run", _text(found.run))
    suite.add_property("verdict", str(found.verdict))
    for note in found.notes:
        suite.add_property("note", _text(note))
    for one in found.judged:
        suite.add_testcase(_case(one))
    for number, doubt in enumerate(found.doubts, 1):
        case = TestCase(f"can this run be judged ({number})", "run")
        case.result = [_result(Error, doubt, "inconclusive")]
        suite.add_testcase(case)
    document = JUnitXml("swarmscope")
    document.add_testsuite(suite)
    xml: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return xml.decode("utf-8")


def _case(one: Judged) -> TestCase:
    result, rule = one.result, one.rule
    case = TestCase(_text(one.sentence), _text(one.of))
    value = f"{one.value()}, {result.beside}" if result.beside else one.value()
    if result.outcome is Outcome.UNKNOWN:
        kind = Error if rule.severity is Severity.FAIL else Skipped
        case.result = [_result(kind, result.why, "inconclusive")]
    elif result.outcome is Outcome.BROKEN and rule.severity is Severity.FAIL:
        case.result = [_result(Failure, f"{value}, where {one.sentence}", "threshold")]
    elif result.outcome is Outcome.BROKEN:
        case.system_out = _text(f"Warning: {value}, where {one.sentence}")
    elif one.assumed:
        case.system_out = _text(value)
    return case


def _result(kind: type[Kind], why: str, name: str) -> Kind:
    """Return it with *why* as its message and as its text: some servers show the one alone."""
    result = kind(_text(why), name)
    result.text = _text(why)
    return result


def _text(text: str) -> str:
    """Return *text* without what XML has no form for."""
    return _NO_XML.sub("\ufffd", text)
