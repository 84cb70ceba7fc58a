"""What people say of a run: a label and a description, from Locust's page, options, or settings.

Locust makes a parser of its options more than once, and asks each time for ours; what its web UI
sends for a run stands in the parsed options until the next one.
"""

from collections.abc import Mapping
from typing import Any

from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from swarmscope import schema
from swarmscope.line_protocol import Field, shorten
from swarmscope.redaction import redact
from swarmscope.settings import Settings

_LENGTHS = {"label": schema.MAX_LABEL, "description": schema.MAX_DESCRIPTION}
_HELP = {
    "label": "A short name for the run: it stands beside it in lists and reports.",
    "description": "What is tested, and why: it stands in the run's reports.",
}


def _option(field: str) -> str:
    return f"swarmscope_{field}"


def offer_options() -> None:
    """Offer the options to each parser that Locust makes from now on; more than once is once."""
    events.init_command_line_parser.add_listener(_add_options)


def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    # The listener's file may be loaded twice, and argparse refuses an option that is there.
    known = parser.args_included_in_web_ui
    settings, _errors = Settings.tolerant()
    for field, meaning in _HELP.items():
        if _option(field) not in known:
            parser.add_argument(
                f"--swarmscope-{field}",
                dest=_option(field),
                metavar="<text>",
                # As a default, so that the page shows it: what is left out there is meant.
                default=getattr(settings, field),
                help=meaning,
                include_in_web_ui=True,
            )


class About:
    """What is said of the runs of one *environment*."""

    def __init__(self, environment: Environment, settings: Settings) -> None:
        options = environment.parsed_options
        self._options = options
        self._before = {
            field: str(getattr(options, _option(field), getattr(settings, field)) or "")
            for field in _LENGTHS
        }

    def take(self) -> Mapping[str, Field]:
        """Return what is said of the run that starts now, as fields of its start."""
        said: dict[str, Field] = {}
        for field, longest in _LENGTHS.items():
            option = _option(field)
            text = str(getattr(self._options, option, self._before[field]) or "")
            if hasattr(self._options, option):
                # The web UI's word is about one run: the next may be started by a program.
                setattr(self._options, option, self._before[field])
            text = shorten(redact(text.strip()), longest)
            if text:
                said[field] = text
        return said
