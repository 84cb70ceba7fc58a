"""What a file that is no YAML is refused with: its name, line and column, and what to change."""

from pathlib import Path

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.gate.thresholds_file import read_file

pytest.importorskip("yaml", reason="PyYAML is not installed")


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
        ("fail:\n\t- p95 < 3s", "2:1: a tab is here, and lines are indented with blanks"),
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
        ("a:\n- é\n- |z", "3:4: YAML can't be read further: expected chomping"),
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
