"""What a file that is no YAML is refused with: its name, line and column, and what to change."""

from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.gate.no_yaml import malformed
from swarmscope.gate.thresholds_file import read_file

yaml = pytest.importorskip("yaml", reason="PyYAML is not installed")


def refused(folder: Path, text: str | bytes) -> str:
    path = folder / "thresholds.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ConfigurationError) as caught:
        read_file(path)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail:\n  - p95 < 3s: x: y", "2:16: no colon can be here: a sentence with one stands in"),
        ("fail: - p95 < 3s", "1:7: a - begins an entry on a line of its own"),
        ("fail:\n\t- p95 < 3s", "2:1: a tab is here: write blanks in its place, or nothing at a"),
        ("fail:\n  - p95 < 3s\t\n", "2:13: a tab is here: write blanks in its place, or nothing"),
        ("fail:\n  - @x", "2:5: no word begins with @: a sentence with such a sign stands in '…'"),
        ("fail: 'a' b", "1:11: this belongs to nothing above: it stands behind something else"),
        ("fail:\n  - a\n - b", "3:2: this is indented otherwise than what is above it\n"),
        ("fail: [a]]", "1:10: ] is here, and nothing that it would close"),
        ("fail: [p95 < 3s", "1:16: a comma or ] is expected here\n"),
        ("fail: [a,\n  b}", "2:4: a comma or ] is expected here (of what begins in line 1)"),
        (
            "fail:\n- x\nwarn\n- y",
            "4:1: the colon is missing behind a name (of what begins in line 3)",
        ),
        ("fail:\n  - 'p95 < 3s\n", "3:1: the quote isn't closed (of what begins in line 2)"),
        ('fail:\n  - "p95 \\q"', "2:11: \\q means nothing in \"…\": write it in '…'"),
        ("fail: *x", "1:7: * and & name other parts, and 'x' is none: a sentence with such"),
        ("a: 1\n---\nb: 2", "2:1: a second document begins here, and one is read"),
        ("fail:\n  - &a x\n  - &a y", "3:5: & has named another part so already"),
        ("a: [", "1:5: what belongs here is missing"),
        ("a:\n- é\n- |z", "3:4: > and | begin a text of several lines: a sentence with such a"),
        ("fail:\n  - > 5", "2:7: > and | begin a text of several lines: a sentence with such a"),
        ("fail:\n  - >0\n x", "2:6: > and | begin a text of several lines: a sentence with such"),
        ("fail: &\n", "1:8: & begins the name of a part: a sentence with such a sign stands in"),
        ("fail: *\n", "1:8: * begins the name of a part: a sentence with such a sign stands in"),
        ("fail: !<x", "1:10: ! begins the name of a type: a sentence with such a sign stands"),
        ("fail: !a!b c", "1:7: ! begins the name of a type: a sentence with such a sign stands in"),
        ("%YAML a\n", "1:7: a line that begins with % is for YAML's reader, which can't follow it"),
        ("%YAML 3.0\n---\na: b", "1:1: a line that begins with % is for YAML's reader, which can"),
        ("%TAG ! x\n%TAG ! y\n---\na", "2:1: a line that begins with % is for YAML's reader"),
        (
            " a: b\nc: d",
            "2:1: this belongs to nothing above: it stands behind something else, or is",
        ),
        ("fail: ? a", "1:7: no name begins here: a sentence with such a sign stands in '…'"),
        ('fail: "\\x0g"', "1:10: the number of a sign is expected behind the \\\n"),
        # Its reader lets these out as faults of its own.
        ('fail:\n  - "\\U00110000"', "2:6: there is no sign of such a number"),
        ('fail: ["\\U0001F600", "\\UFFFFFFFF"]', "1:23: there is no sign of such a number"),
    ],
)
def test_yaml_s_own_errors_are_told_as_ours_are(tmp_path: Path, text: str, said: str) -> None:
    told = refused(tmp_path, text)
    assert told.startswith("FILE is no YAML:\nFILE:")
    assert said in told
    assert "byte string" not in told
    assert "Nothing was judged. docs/thresholds.md has the words that there are." in told


def test_what_a_newer_reader_says_is_told_as_it_says_it() -> None:
    error = yaml.MarkedYAMLError(problem="found something new")
    assert malformed(Path("f"), error) == "f:1:1: YAML can't be read further: found something new"


@pytest.mark.parametrize("text", ["? [a]\n: b", "? {a: b}\n: c", "fail:\n- {threshold: x, ? [a]}"])
def test_a_list_as_a_name_is_told_without_its_reader_s_nodes(tmp_path: Path, text: str) -> None:
    told = refused(tmp_path, text)
    assert "one word is meant before the colon: there are " in told
    assert "Node" not in told
