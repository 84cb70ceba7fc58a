"""What is said of a run by whoever starts it: a label, a description, and which id it is to have.

From Locust's page, options, or settings. Locust makes a parser of its options more than once, and
asks each time for ours; what its web UI sends for a run stands in the parsed options until the next
one.
"""

import logging
from collections.abc import Mapping
from typing import Any

from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment

from swarmscope import schema
from swarmscope.line_protocol import Field, shorten
from swarmscope.redaction import redact
from swarmscope.settings import Settings, values

log = logging.getLogger(__name__)

_LENGTHS = {"label": schema.MAX_LABEL, "description": schema.MAX_DESCRIPTION}
_HELP = {
    "label": "A short name for the run: it stands beside it in lists and reports.",
    "description": "What is tested, and why: it stands in the run's reports.",
}
_ID = "swarmscope_run_id"
"""Not on the page: who types it there twice would have two runs of one id after a restart."""


def _option(field: str) -> str:
    return f"swarmscope_{field}"


def offer_options() -> None:
    """Offer the options to each parser that Locust makes from now on; more than once is once."""
    events.init_command_line_parser.add_listener(_add_options)


def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    # The listener's file may be loaded twice, and argparse refuses an option that is there.
    known = {action.dest for action in parser._actions}
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
    if _ID not in known:
        parser.add_argument(
            "--swarmscope-run-id",
            dest=_ID,
            metavar="<id>",
            default="",
            help="The next run's id: `swarmscope run` asks the page for it.",
            include_in_web_ui=False,
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

    def take_id(self) -> str:
        """Return the id that the run that starts now is to have, or nothing."""
        asked = str(getattr(self._options, _ID, "") or "").strip()
        if not asked:
            return ""
        setattr(self._options, _ID, "")
        try:
            return values.run_id(asked)
        except ValueError as error:
            log.error("The run can't be named as it was asked for: %s.", error)  # noqa: TRY400
            return ""

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
