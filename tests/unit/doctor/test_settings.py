"""The settings as a diagnosis shows them: nothing in them opens a door."""

from dataclasses import fields

import pytest

from swarmscope.doctor.finding import Level
from swarmscope.doctor.settings import masked, refused
from swarmscope.errors import ConfigurationError
from swarmscope.settings import Settings

SECRETS = {
    "INFLUXDB_V2_TOKEN": "s3cret-token",
    "SWARMSCOPE_PROXY": "http://ann:s3cret@proxy:3128",
    "HTTPS_PROXY": "http://ann:s3cret@proxy:3128",
}


def test_every_setting_is_shown_and_no_secret() -> None:
    shown = masked(Settings.from_env({**SECRETS, "SWARMSCOPE_TAGS": "build=81,env=test"}))
    assert shown.keys() == {f.metadata["env"] for f in fields(Settings)}
    assert "s3cret" not in str(shown)
    assert shown["INFLUXDB_V2_TOKEN"] == "(set)"
    assert shown["SWARMSCOPE_TAGS"] == "build=81,env=test"
    assert "proxy:3128" in shown["SWARMSCOPE_PROXY"]


@pytest.mark.parametrize("given", [{}, {"SWARMSCOPE_WEB_ALLOW": "b.example,a.example"}])
def test_what_is_shown_can_be_written_into_the_variables_again(given: dict[str, str]) -> None:
    """`frozenset()`, `None` and `False` were shown, which none of them takes."""
    shown = masked(Settings.from_env(given))
    written = {name: text for name, text in shown.items() if text}
    assert masked(Settings.from_env(written)) == shown
    assert not {"None", "False", "True"} & set(shown.values())


def test_a_token_that_is_not_there_is_not_called_set() -> None:
    assert masked(Settings())["INFLUXDB_V2_TOKEN"] == ""


def test_settings_that_cannot_be_used_are_wrong_with_what_to_do() -> None:
    found = refused(ConfigurationError("X is y.", data="Nothing is sent.", remedy="Set X."))
    assert (found.level, found.message, found.remedy) == (Level.WRONG, "X is y.", "Set X.")
