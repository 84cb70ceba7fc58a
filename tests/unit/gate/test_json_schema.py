"""The schema takes what the reader of thresholds takes, and editors know its words."""

from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.unit.gate.test_sentences import MEANT
from tests.unit.gate.test_thresholds_file import FATAL, WHOLE

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
]
"""What both refuse."""


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize(
    "text", [WHOLE, "fail: [p95 < 1s]", "warn: [p95 < 1s]\nwarm_up: 5 m", FATAL]
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


def test_its_examples_can_be_read() -> None:
    sentence = json_schema()["properties"]["warn"]["items"]
    meant = [read(one) for one in sentence["examples"]]
    assert {str(one.metric) for one in meant} >= {"p95", "failure_rate", "dropped_arrivals"}
