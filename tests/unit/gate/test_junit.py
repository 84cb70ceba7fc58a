"""The JUnit file, as readers of such files have it."""

from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import junitparser
import pytest
import xmlschema
from tests.unit.gate.verdicts import (
    ASSUMED,
    BROKEN,
    CERTAIN,
    DOUBT,
    KEPT,
    NOBODY,
    UNKNOWN,
    UNSURE,
    WARNED,
    judged,
    verdict,
)

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.junit import junit
from swarmscope.gate.thresholds_file import Severity
from swarmscope.gate.verdict import RunVerdict

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))
EACH_KIND = (KEPT, BROKEN, UNKNOWN, WARNED, UNSURE, CERTAIN)


def read(found: RunVerdict) -> junitparser.TestSuite:
    SCHEMA.validate(junit(found))
    (suite,) = junitparser.JUnitXml.fromstring(junit(found).encode())
    assert isinstance(suite, junitparser.TestSuite)
    return suite


@dataclass(frozen=True)
class Shown:
    """A case as GitLab has it: what it is known by on the target branch, and what is shown."""

    key: tuple[str, ...]
    status: str
    output: str | None


def in_gitlab(found: RunVerdict) -> list[Shown]:
    """Read it as GitLab does, which of a result shows the text."""
    cases = []
    for suite in ET.fromstring(junit(found)):
        for case in suite.findall("testcase"):
            key = (suite.attrib["name"], case.attrib["classname"], case.attrib["name"])
            results = [(name, case.find(name)) for name in ("failure", "error", "skipped")]
            status, result = next(((n, r) for n, r in results if r is not None), ("success", None))
            cases.append(Shown(key, status, None if result is None else result.text))
    return cases


def test_each_threshold_is_a_case() -> None:
    suite = read(verdict(*EACH_KIND, doubts=DOUBT))
    kinds = [type(case.result[0]).__name__ if case.result else "" for case in suite]
    assert kinds == ["", "Failure", "Error", "", "Skipped", "Failure", "Error"]
    assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (7, 2, 2, 1)
    cases = list(suite)
    assert (cases[0].name, cases[0].classname) == ("p95 < 300ms", "all endpoints")
    assert cases[1].result[0].message == "423 ms, where p95 < 300ms"
    assert cases[2].result[0].message == "there was no request to measure"
    assert cases[3].system_out == "Warning: 423 ms, where p95 < 300ms"
    assert cases[6].result[0].message == DOUBT[0]


def test_gitlab_shows_why_and_knows_a_case_again_in_another_run() -> None:
    found = verdict(*EACH_KIND, doubts=DOUBT)
    cases = in_gitlab(found)
    assert [one.status for one in cases] == [
        *("success", "failure", "error", "success", "skipped", "failure", "error")
    ]
    assert cases[1].output == "423 ms, where p95 < 300ms"
    assert cases[2].output == "there was no request to measure"
    assert cases[6].output == DOUBT[0]
    assert [one.key for one in in_gitlab(replace(found, run="another"))] == [
        one.key for one in cases
    ]


def test_it_says_what_is_taken_for_0() -> None:
    """A name that is mistyped is never there either."""
    broken = replace(ASSUMED, result=replace(ASSUMED.result, outcome=Outcome.BROKEN))
    warned = replace(broken, rule=replace(broken.rule, severity=Severity.WARN))
    kept, failed, warning = read(verdict(ASSUMED, broken, warned))
    assert kept.system_out == f"0, {NOBODY}"
    told = f"0, {NOBODY}, where {broken.sentence}"
    assert (failed.result[0].message, warning.system_out) == (told, f"Warning: {told}")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("<testcase ", '<testcase line="3" '),
        ("system-out>", "output>"),
        (' tests="6"', ""),
        ("<properties>", "<properties><note/>"),
    ],
)
def test_the_schema_takes_nothing_else(said: str, wrong: str) -> None:
    text = junit(verdict(*EACH_KIND))
    assert said in text
    assert not SCHEMA.is_valid(text.replace(said, wrong))


@pytest.mark.parametrize(
    ("sentence", "classname"),
    [
        ("p95 < 1s", "all endpoints"),
        ('p95 of GET "/items" < 1s', "GET /items"),
        ('p95 of "/items" < 1s', "/items"),
        ('p95 of POST glob "/i*" < 1s', 'POST glob "/i*"'),
        ("p95 of each endpoint < 1s", "all endpoints"),
        ('max(cpu.usage_idle{host="shop"}) > 1', "cpu.usage_idle"),
    ],
)
def test_a_case_is_of_what_its_threshold_is_of(sentence: str, classname: str) -> None:
    (case,) = read(verdict(judged(Outcome.KEPT, sentence=sentence)))
    assert (case.name, case.classname) == (sentence, classname)


def test_it_says_the_verdict_and_the_run() -> None:
    suite = read(verdict(KEPT))
    assert {one.name: one.value for one in suite.properties()} == {"run": "r", "verdict": "passed"}


@pytest.mark.parametrize("name", ["<&\"'>", "\x00\x1b[2J", "\ud800", "]]>", "ünï 🙂"])
def test_any_name_is_text(name: str) -> None:
    (case,) = read(verdict(judged(Outcome.BROKEN, endpoint=(name, "GET"))))
    kept = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    assert case.classname == f"GET {kept}"
