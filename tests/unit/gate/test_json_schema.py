"""The schema takes what the reader of thresholds takes, and editors know its words."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.unit.gate.test_sentences import MEANT
from tests.unit.gate.test_thresholds_file import FATAL, WHOLE

from swarmscope.errors import ConfigurationError
from swarmscope.gate.json_schema import json_schema
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import read_file

VALIDATOR = jsonschema.Draft202012Validator(json_schema())
WRONG = [
    "[]",
    "{}",
    "warm_up: 3s",
    "fail: p95 < 1s",
    "fail: [rps > 3/s]",
    "fail: [p95x < 3s]",
    "fail: [{abort: true}]",
    "fail: [{threshold: p95 < 1s, delay: 3s}]",
    "fail: [{threshold: p95 < 1s, abort: maybe}]",
    "fail: [{threshold: p95 < 1s, stop: true}]",
    "warn: [{threshold: p95 < 1s, abort: true}]",
    "fail: [sum < 3]",
    "{fail: [p95 < 1s], warmup: 3s}",
    "{fail: [p95 < 1s], warm_up: 3}",
    "{fail: [p95 < 1s], generators: maybe}",
    "{fail: [], warn: []}",
    "{fail: [p95 < 1s], warm_up: 0s}",
]
"""What both refuse."""


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "text",
    [
        *(WHOLE, FATAL, "fail: [p95 < 1s]", "warn: [p95 < 1s]\nwarm_up: 5 m"),
        *("{fail: [p95 < 1s], generators: OFF}", "{fail: [], warn: [p95 < 1s]}"),
    ],
)
def test_what_can_be_read_is_valid(text: str, tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    path.write_text(text)
    read_file(path)
    VALIDATOR.validate(yaml.safe_load(text))


@pytest.mark.parametrize("sentence", [sentence for sentence, _ in MEANT])
def test_every_sentence_is_valid(sentence: str) -> None:
    VALIDATOR.validate({"fail": [sentence], "warn": [sentence]})


@pytest.mark.parametrize("text", WRONG)
def test_what_can_t_be_read_is_not(text: str, tmp_path: Path) -> None:
    assert not VALIDATOR.is_valid(yaml.safe_load(text))
    path = tmp_path / "thresholds.yaml"
    path.write_text(text)
    with pytest.raises(Exception, match=r"thresholds\.yaml"):
        read_file(path)


ENDS = {
    **dict.fromkeys(
        [
            *("p95 < 1s", "failures < 3 within 10s", "p50 < 1s for 3s", "dropped_arrivals < 9"),
            *("max < 1s in the last 10s", "max < 1s in stage 2", 'max < 1s in stage "hold"'),
            *("apdex(500ms) > 0.9", "99% under 300ms", "p95 < 1s of each endpoint"),
            # In a name it is no tag, and no baseline.
            *('p95 of "/a{b}" < 1s', 'p95 of glob "/{*}" < 1s', 'p95 of "/a \\" {b}" < 1s'),
            *('failure_rate of "10% of baseline" < 1%', 'p95 of matching "^/\\\\d{3}" < 1s'),
        ],
        True,
    ),
    **dict.fromkeys(
        [
            *("p95 <= +10% of baseline", "failures <= +0 % of  baseline within 10s"),
            *('p95 <= +10% of baseline of "/a"', 'p95 of "/a{b}" <= +10% of baseline'),
            *("max(a.b) < 1", "p95 (a.b) < 1", 'increase("a b.c" or 0) == 0', "last(a.b) < 1"),
            *('sum(a.b{c="d"}) < 1', 'p95{region="eu"} < 1s', '99% under 1s{region="eu"}'),
            *('requests {worker="worker-1"} > 1', 'p95 {region="a\\"b"} of "/a" < 1s'),
        ],
        False,
    ),
}
"""Whether a threshold can end a test: its master must see all of what it is of."""


def taken(path: Path, entry: object, severity: str) -> tuple[bool, bool]:
    """Return whether the schema takes a file of that one entry, and whether the reader does."""
    text = json.dumps({severity: [entry]})
    path.write_text(text)
    valid = VALIDATOR.is_valid(yaml.safe_load(text))
    try:
        read_file(path)
    except ConfigurationError:
        return valid, False
    return valid, True


@pytest.mark.parametrize(("sentence", "ends"), ENDS.items())
def test_what_can_end_a_test_does_so_to_both(sentence: str, ends: bool, tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yaml"
    for switch, on in ((True, True), ("on", True), ("Yes", True), (False, False), ("OFF", False)):
        entry = {"threshold": sentence, "abort": switch}
        right = ends or not on
        assert taken(path, entry, "fail") == (right, right)
        assert taken(path, entry, "warn") == (not on, not on)
        right = ends and on
        assert taken(path, {**entry, "delay": "3s"}, "fail") == (right, right)
        assert taken(path, {**entry, "delay": "3s"}, "warn") == (False, False)
    for severity in ("fail", "warn"):
        assert taken(path, {"threshold": sentence}, severity) == (True, True)


def test_its_examples_can_be_read() -> None:
    sentence, _ = json_schema()["properties"]["warn"]["items"]["anyOf"]
    meant = [read(one) for one in sentence["examples"]]
    assert {str(one.metric) for one in meant} >= {"p95", "failure_rate", "dropped_arrivals"}
