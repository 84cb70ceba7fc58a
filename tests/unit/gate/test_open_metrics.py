"""The metrics file, as a reader of such files has it, and as GitLab does."""

import re
import shlex

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from tests.unit.gate.verdicts import BROKEN, KEPT, UNKNOWN, WARNED, judged, verdict

from swarmscope.gate.evaluation import Outcome
from swarmscope.gate.open_metrics import open_metrics
from swarmscope.gate.verdict import RunVerdict


def read(found: RunVerdict) -> dict[str, list[tuple[dict[str, str], float]]]:
    families = text_string_to_metric_families(open_metrics(found))
    return {f.name: [(s.labels, s.value) for s in f.samples] for f in families}


def test_each_value_is_there_and_whether_it_is_kept() -> None:
    of = {"sentence": "p95 < 300ms", "of": "all endpoints", "unit": "ms"}
    told = read(verdict(BROKEN, UNKNOWN))
    assert told["swarmscope_threshold"] == [(of, 423.0)]
    assert told["swarmscope_threshold_kept"] == [(of, 0.0)]
    assert read(verdict(KEPT))["swarmscope_threshold_kept"] == [(of, 1.0)]


def test_the_verdict_is_one_of_four() -> None:
    told = read(verdict(KEPT, WARNED))["swarmscope_verdict"]
    assert {labels["swarmscope_verdict"]: value for labels, value in told} == {
        "passed": 0,
        "passed with a warning": 1,
        "failed": 0,
        "inconclusive": 0,
    }


def as_gitlab(text: str) -> dict[str, str]:
    """Read *text* as GitLab does: a comment begins at any #, and words are those of a shell."""
    lines = (shlex.split(re.sub(r"#.*$", "", line)) for line in text.splitlines())
    return {words[0]: words[1] for words in lines if words}


@pytest.mark.parametrize("name", ["/a", '/a"b', "/a\\", "/a b'c", "/a#b", "/a\nb\x00", "/a{b},c=d"])
def test_no_name_breaks_a_line(name: str) -> None:
    found = verdict(judged(Outcome.BROKEN, endpoint=(name, "GET")))
    ((labels, value),) = read(found)["swarmscope_threshold"]
    plain = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    assert (labels["of"], value) == (f"GET {plain.replace('#', chr(0xFF03))}", 423.0)
    lines = as_gitlab(open_metrics(found))
    assert len(lines) == 2 + 4
    assert list(lines.values())[:2] == ["423", "0"]
