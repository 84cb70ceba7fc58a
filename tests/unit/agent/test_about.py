"""What people say of a run: offered once, taken for one run, bounded and without credentials."""

from argparse import Namespace
from collections.abc import Iterator

import pytest
from locust import argument_parser, events
from locust.env import Environment

from swarmscope import schema
from swarmscope.agent.about import About, offer_options
from swarmscope.settings import Settings


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Load the listener twice, in an environment that says something of each run."""
    monkeypatch.setenv("SWARMSCOPE_LABEL", "-nightly [a, b]")
    before = list(events.init_command_line_parser._handlers)
    offer_options()
    offer_options()
    yield
    events.init_command_line_parser._handlers[:] = before


def about(options: Namespace | None, **settings: str) -> About:
    return About(Environment(parsed_options=options), Settings(**settings))  # type: ignore[arg-type]


@pytest.mark.usefixtures("offered")
def test_options_are_offered_once_and_show_what_the_environment_says(
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = argument_parser.ui_extra_args_dict([])
    assert shown["swarmscope_label"]["default_value"] == "-nightly [a, b]"
    assert shown["swarmscope_description"]["default_value"] == ""
    assert caplog.text == ""
    parsed = argument_parser.get_parser(default_config_files=[]).parse_args([])
    assert about(parsed, label="not asked").take() == {"label": "-nightly [a, b]"}


@pytest.mark.usefixtures("offered")
def test_an_option_comes_before_the_environment() -> None:
    said = ["--swarmscope-label", "mine", "--swarmscope-description", "why"]
    parsed = argument_parser.get_parser(default_config_files=[]).parse_args(said)
    assert about(parsed).take() == {"label": "mine", "description": "why"}


def test_what_the_web_ui_says_is_about_one_run() -> None:
    options = Namespace(swarmscope_label="nightly", swarmscope_description="")
    told = about(options)
    options.swarmscope_label, options.swarmscope_description = "", "the new pool"
    assert told.take() == {"description": "the new pool"}
    assert told.take() == {"label": "nightly"}


@pytest.mark.usefixtures("offered")
def test_a_program_asks_the_page_for_an_id_which_the_page_doesn_t_show() -> None:
    assert "swarmscope_run_id" not in argument_parser.ui_extra_args_dict([])
    parsed = argument_parser.get_parser(default_config_files=[]).parse_args([])
    told = about(parsed)
    assert told.take_id() == ""
    parsed.swarmscope_run_id = " nightly-confirm "
    assert (told.take_id(), told.take_id()) == ("nightly-confirm", "")


def test_an_id_that_no_board_could_ask_for_is_not_taken(caplog: pytest.LogCaptureFixture) -> None:
    told = about(Namespace(swarmscope_run_id='") |> drop('))
    assert told.take_id() == ""
    assert "can't be named as it was asked for: a run's id has no" in caplog.text


@pytest.mark.parametrize("options", [None, Namespace(host="http://x.y")])
def test_a_program_without_our_options_says_it_in_its_environment(
    options: Namespace | None,
) -> None:
    told = about(options, label="nightly")
    assert told.take() == told.take() == {"label": "nightly"}


def test_what_is_said_is_bounded_and_holds_no_credential() -> None:
    said = about(None, label=" x " * 500, description="https://me:secret@x.y/?token=abcdef").take()
    assert len(str(said["label"])) == schema.MAX_LABEL
    assert "secret" not in str(said["description"])
    assert "abcdef" not in str(said["description"])
