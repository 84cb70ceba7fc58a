"""Files of thresholds: what they may have, and every error with its line and column."""

from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.gate.sentences import read
from swarmscope.gate.thresholds_file import Rule, Severity, Thresholds, given, read_file

pytest.importorskip("yaml", reason="PyYAML is not installed")

WHOLE = """\
warm_up: 30s
generators: off
fail:
  - p95 < 300ms
  - 'p99 of GET "/a: b" < 1s within 1m'
warn:
  - "apdex(500ms) > 0.9"
"""


FATAL = """\
fail:
  - threshold: failures < 9
    abort: true
    delay: 30s
  - {threshold: p95 < 1s}
"""


def file_of(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "thresholds.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refused(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as caught:
        read_file(file_of(tmp_path, text))
    assert caught.value.data == "Nothing was judged."
    return caught.value.happened.replace(str(tmp_path / "thresholds.yaml"), "FILE")


def test_all_that_it_may_have(tmp_path: Path) -> None:
    sentence = 'p99 of GET "/a: b" < 1s within 1m'
    assert read_file(file_of(tmp_path, WHOLE)) == Thresholds(
        (
            Rule(read("p95 < 300ms"), Severity.FAIL, "p95 < 300ms"),
            Rule(read(sentence), Severity.FAIL, sentence),
            Rule(read("apdex(500ms) > 0.9"), Severity.WARN, "apdex(500ms) > 0.9"),
        ),
        warm_up=30,
        generators=False,
    )


def test_a_threshold_may_end_the_test(tmp_path: Path) -> None:
    ending, other = read_file(file_of(tmp_path, FATAL)).rules
    fails = read("failures < 9"), Severity.FAIL, "failures < 9"
    assert ending == Rule(*fails, abort=True, delay=30)
    assert (str(other.threshold), other.abort, other.delay) == ("p95 < 1000ms", False, 0)


def test_one_sentence_is_enough(tmp_path: Path) -> None:
    found = read_file(file_of(tmp_path, "fail: [p95 < 300ms]"))
    assert (len(found.rules), found.warm_up, found.generators) == (1, 0, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "FILE:1:1: here are fail:, warn:, warm_up:, generators: and baseline: expected"),
        ("- p95 < 1s", "FILE:1:1: here are fail:"),
        ("p95 < 1s", "FILE:1:1: here are fail:"),
        ("fail:", "FILE:1:6: below fail: is a list"),
        ("fail: []", "it has no threshold"),
        ("fail: p95 < 1s", "FILE:1:7: below fail: is a list"),
        ("warmup: 3s\nfail: [p95 < 1s]", "FILE:1:1: 'warmup' isn't known here"),
        ("fail: [p95 < 1s]\nfail: [p95 < 1s]", "FILE:2:1: fail is there twice"),
        ("fail: [[1]]", "FILE:1:8: a sentence is meant; one with a colon in it stands in '…'"),
        ('fail:\n  - p95 of "/a: b" < 1s', "FILE:2:5: a sentence is meant; one with a colon"),
        ("warm_up: [3]\nfail: [p95 < 1s]", "FILE:1:10: one word is meant"),
        ("warm_up: 3 4\nfail: [p95 < 1s]", "FILE:1:10: a stretch of time is written"),
        ("fail: [{abort: on}]", "FILE:1:8: a sentence is missing"),
        ("fail: [{threshold: p95 < 3, abort: on}]", "FILE:1:26: p95 is a time"),
        ("fail: [{threshold: p95 < 1s, delay: 3s}]", "FILE:1:37: it is how long abort: true waits"),
        ("warn: [{threshold: p95 < 1s, abort: on}]", "FILE:1:37: what only warns ends no test"),
        # Neither would ever be broken to the master: such a test would never end.
        *(
            (f"fail: [{{threshold: '{sentence}', abort: on}}]", "it ends no test: the master sees")
            for sentence in ("p95 <= +10% of baseline", "max(a.b) < 1", 'p95{region="eu"} < 1s')
        ),
        ("fail: [{threshold: p95 < 1s, abort: x}]", "FILE:1:37: on or off is expected here"),
        ("generators: x\nfail: [p95 < 1s]", "FILE:1:13: on or off is expected here"),
        ("fail:\n  - p95 < 300", "FILE:2:11: p95 is a time, and the unit is missing"),
        ("fail:\n  - 'p95 < 300'", "FILE:2:12: p95 is a time"),
        ("fail: [p95 of /x: y < 1s]", "FILE"),
        # What a tag would make of it is of no account: nothing is made.
        ("fail: !!python/object:os.system [x]", "FILE:1:34: there is no metric x"),
        (b"\xff\xfe\x00", "FILE is no YAML"),
        (b"fail:\n  - p95 \x00< 1s", "FILE:2:9: the sign U+0000 can't be in a YAML file"),
        ("fail:\n  - é \0".encode(), "FILE:2:7: the sign U+0000 can't be"),
        ("fail:\n  - é \0".encode("utf-16"), "FILE:2:7: the sign U+0000 can't be"),
        (b"fail:\n  - \xc3\xa9 \xff", "FILE:2:7: what stands here can't be in a YAML file"),
        pytest.param(
            "fail: " + 3_000 * "[",
            "FILE can't be read:\nits parts lie too deep in each other.",
            id="deep",
        ),
        (b"#" * 1_000_001, "FILE is longer than a file of thresholds is"),
    ],
)
def test_what_is_wrong_is_said_with_line_and_column(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    assert said in refused(tmp_path, text)


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    said = refused(tmp_path, "fail: [p95, rps > 1, p95 < 3]\nwarm_up: x")
    assert [line for line in said.splitlines() if line.startswith("FILE:")] == [
        "FILE:1:11: one of < <= > >= == != is missing before the end",
        "FILE:1:13: there is no metric rps: did you mean requests_per_second?",
        "FILE:1:28: p95 is a time, and the unit is missing: write 300ms or 1.5s, not 3",
        "FILE:2:10: a stretch of time is written like 10s, 5m or 1h, not x",
    ]
    assert "\n    p95 < 3\n          ^" in said


def test_of_very_much_that_is_wrong_the_first_is_said(tmp_path: Path) -> None:
    said = refused(tmp_path, f"fail: [{', '.join(['p95'] * 25)}]")
    assert said.count("is missing before the end") == 20
    assert said.rstrip().endswith("and 5 more")


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"can't be read \(No such file"):
        read_file(tmp_path / "nowhere.yaml")


def test_sentences_of_a_command_line() -> None:
    found = given(["p95 < 1s"], ["failures == 0"], "1m")
    assert [(rule.sentence, rule.severity) for rule in found.rules] == [
        ("p95 < 1s", Severity.FAIL),
        ("failures == 0", Severity.WARN),
    ]
    assert found.warm_up == 60


def test_what_is_wrong_with_them_is_said_with_its_option() -> None:
    with pytest.raises(ConfigurationError) as caught:
        given(["p95 < 1"], ["x"], "1")
    said = caught.value.happened
    for option in ("--fail: p95 is a time", "--warn: there is no metric x", "--warm-up: a stretch"):
        assert option in said
