"""What can't be used ends Locust before a test starts, with its own words alone."""

import pytest

from swarmscope.errors import ConfigurationError
from swarmscope.load.refusing import refusing


def test_what_is_wrong_is_told_without_a_traceback(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(SystemExit) as ended, refusing():
        raise ConfigurationError("It is odd.", remedy="Mend it.")
    assert ended.value.code == 2
    assert caplog.messages == ["It is odd. Mend it."]
    assert "Traceback" not in caplog.text


def test_any_other_error_goes_through() -> None:
    with pytest.raises(KeyError), refusing():
        raise KeyError
