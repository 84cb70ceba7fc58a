"""Refusals: one line, whatever the file's name, and what to install where something is missing."""

import pytest

from swarmscope.errors import ConfigurationError, ExitCode
from swarmscope.starter.refusal import extra, refused


def test_it_is_one_line_in_three_parts() -> None:
    error = refused("a\n\x1b[2Jb", "is odd", "Do so.")
    assert str(error) == "a\ufffd\ufffd[2Jb is odd. Nothing was written. Do so."
    assert error.exit_code == ExitCode.WRONG_USAGE


def test_what_is_not_installed_is_named_with_what_installs_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        extra("swarmscope_has_no_such_module")
    assert "No module named 'swarmscope_has_no_such_module'" in str(caught.value)
    assert str(caught.value).endswith("/swarmscope[init]', or in the clone: make setup")
