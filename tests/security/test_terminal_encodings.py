"""What is printed on a terminal that has few signs: it ends no command, and is no byte obeyed."""

import json
import subprocess
from pathlib import Path

import pytest
from tests.fixtures import recorded
from tests.fixtures.accounts import Told, run_lines
from tests.fixtures.server_process import COMMAND, clean_environment, store_process, write

_WIDE_RUN = "run-ü✓日🙂"


@pytest.mark.release
@pytest.mark.long_sample(3)
@pytest.mark.long
@pytest.mark.parametrize(
    "encoding",
    ["ascii", "latin-1", "cp1252"],
)
def test_a_terminal_with_few_signs_ends_no_command(encoding: str, tmp_path: Path) -> None:
    """Our own sentences have signs that it hasn't, and a name in a store can have any."""
    env = {"PYTHONIOENCODING": encoding}
    with store_process(tmp_path) as store:
        write(store, run_lines(_WIDE_RUN, recorded.T0, [Told(name="wörker-🙂")]))
        for asked in (("runs",), ("audit", _WIDE_RUN), ("report", _WIDE_RUN), ("audit", "no✓")):
            line = [*COMMAND, *asked, "--url", store]
            told = clean_environment(**env)
            done = subprocess.run(line, capture_output=True, check=False, env=told, cwd=tmp_path)
            assert b"Traceback" not in done.stderr
            assert (done.stdout + done.stderr).decode(encoding)
        line = [*COMMAND, "runs", "--json", "--url", store]
        done = subprocess.run(line, capture_output=True, check=True, env=clean_environment(**env))
    # Programs read all of it as it is.
    assert json.loads(done.stdout.decode(encoding))[0]["run"] == _WIDE_RUN


def test_half_of_a_sign_is_no_byte_that_a_terminal_obeys(tmp_path: Path) -> None:
    """Python writes U+DC9B as 0x9B where it doesn't know the locale: a terminal may obey it."""
    program = "from swarmscope import terminal; terminal.guard(); print('\\udc9b2J \\ud83d 🙂')"
    env = clean_environment(PYTHONIOENCODING="utf-8:surrogateescape", PYTHONUTF8="1")
    done = subprocess.run(
        [COMMAND[0], "-c", program], capture_output=True, check=True, env=env, cwd=tmp_path
    )
    assert done.stdout.decode() == "\\udc9b2J \\ud83d 🙂\n"
