"""Which duet a run is told of: by options, by the environment, and by a master to its workers."""

from argparse import Namespace
from collections.abc import Iterator

import pytest
from locust import argument_parser, events
from locust.env import Environment

from swarmscope.agent.duets import Duets, offer_duets
from swarmscope.load import duet
from swarmscope.load.duet import Duet, Mode
from swarmscope.settings import Settings


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Load the listener twice, in an environment that names a second version."""
    monkeypatch.setenv("SWARMSCOPE_DUET", "http://b:8001")
    before = list(events.init_command_line_parser._handlers)
    offer_duets()
    offer_duets()
    yield
    events.init_command_line_parser._handlers[:] = before


def begun(options: Namespace | None, **settings: str) -> Duet | None:
    """Return what the run of an Environment with these *options* plays."""
    environment = Environment(parsed_options=options)
    environment.create_local_runner()
    Duets(environment, Settings(**settings)).begin()  # type: ignore[arg-type]
    playing = duet.playing(environment)
    return playing and playing.duet


def parsed(*said: str) -> Namespace:
    return argument_parser.get_parser(default_config_files=[]).parse_args([*said])


def told(**options: object) -> Namespace:
    """Return options as a master sends them."""
    return Namespace(**{f"swarmscope_duet{name}": value for name, value in options.items()})


def test_without_a_second_version_a_run_is_no_duet() -> None:
    assert begun(None) is None
    assert begun(Namespace()) is None
    assert begun(Namespace(swarmscope_duet="")) is None


@pytest.mark.usefixtures("offered")
def test_options_come_before_the_environment() -> None:
    found = begun(parsed())
    assert found
    assert (found.b, found.mode) == ("http://b:8001", Mode.REQUESTS)
    said = ("--swarmscope-duet", "http://c", "--swarmscope-duet-mode", "users")
    assert begun(parsed(*said, "--swarmscope-duet-seed", "5")) == Duet("http://c", Mode.USERS, 5)
    assert begun(parsed("--swarmscope-duet", "")) is None


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("said", ["b:8001", "me:secret@b", "ftp://b", "http://"])
def test_an_address_that_is_none_is_refused_before_anything_starts(
    said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parsed("--swarmscope-duet", said)
    shown = capsys.readouterr().err
    assert "isn't of the form http://host:8000" in shown
    assert "secret" not in shown.partition("error:")[2]


def test_a_seed_that_was_made_up_is_told_to_workers() -> None:
    options = told(**{"": "http://b", "_mode": "requests", "_seed": 0})
    found = begun(options)
    assert found
    assert found.seed == options.swarmscope_duet_seed > 0
    assert begun(options) == found


def test_a_program_without_our_options_says_it_in_its_environment() -> None:
    found = begun(None, duet="http://b", duet_mode="users")
    assert found
    assert (found.b, found.mode) == ("http://b", Mode.USERS)


@pytest.mark.parametrize(
    ("b", "mode", "why"), [("b", "requests", "form"), ("http://b", "both", "no mode 'both'")]
)
def test_what_the_web_ui_can_send_and_is_none_is_said(
    b: str, mode: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert begun(told(**{"": b, "_mode": mode})) is None
    assert "This run is no duet" in caplog.text
    assert why in caplog.text
