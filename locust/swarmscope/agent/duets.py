"""What a run is told of its duet: by options that every parser of Locust offers, or by settings.

A master sends what its own parser read to its workers, before their test_start: theirs needn't be
told anything.
"""

import argparse
import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from locust import events
from locust.argument_parser import LocustArgumentParser
from locust.env import Environment
from locust.runners import WorkerRunner

from swarmscope.load import duet
from swarmscope.load.duet import Duet, Mode
from swarmscope.load.duet_clients import take_over
from swarmscope.settings import Settings

log = logging.getLogger(__name__)

OPTION = "swarmscope_duet"
_MODE, _SEED = f"{OPTION}_mode", f"{OPTION}_seed"


def offer_duets() -> None:
    """Offer the options to each parser that Locust makes from now on; more than once is once."""
    events.init_command_line_parser.add_listener(_add_options)


def _add_options(parser: LocustArgumentParser, **_: Any) -> None:
    # The listener's file may be loaded twice, and argparse refuses an option that is there.
    if OPTION in parser.args_included_in_web_ui:
        return
    settings, _errors = Settings.tolerant()
    parser.add_argument(
        "--swarmscope-duet",
        dest=OPTION,
        metavar="<url>",
        type=_address,
        default=settings.duet,
        help="A second version of the service, B: both are asked the same, and compared.",
        include_in_web_ui=True,
    )
    parser.add_argument(
        "--swarmscope-duet-mode",
        dest=_MODE,
        choices=list(map(str, Mode)),
        default=settings.duet_mode,
        help="Who asks B: each request is made twice (requests), or every other user asks B.",
        include_in_web_ui=True,
    )
    parser.add_argument(
        "--swarmscope-duet-seed",
        dest=_SEED,
        metavar="<int>",
        type=int,
        default=0,
        help="Makes the order in which A and B are asked the same again.",
        include_in_web_ui=False,
    )


def _address(text: str) -> str:
    if why := _doubt(text):
        raise argparse.ArgumentTypeError(why)
    return text


def _doubt(text: str) -> str:
    parts = urlsplit(text.strip())
    if not text.strip() or (parts.scheme in {"http", "https"} and parts.hostname):
        return ""
    # What stands before an @ may be a password.
    return f"{text.rpartition('@')[2][:200]!r} isn't of the form http://host:8000"


class Duets:
    """The duets of one *environment*, one run after the other."""

    def __init__(self, environment: Environment, settings: Settings) -> None:
        self._environment = environment
        self._settings = settings

    def begin(self) -> None:
        """Play in the run that starts what it was told of, if anything."""
        told = self._told()
        if told:
            take_over()
        duet.play(self._environment, told)

    def _told(self) -> Duet | None:
        options = self._environment.parsed_options
        b = str(getattr(options, OPTION, self._settings.duet) or "").strip()
        if not b:
            return None
        mode = str(getattr(options, _MODE, self._settings.duet_mode) or Mode.REQUESTS)
        why = _doubt(b) or ("" if mode in list(Mode) else f"there is no mode {mode!r}")
        if why:
            log.error("This run is no duet: %s.", why)
            return None
        return Duet(b, Mode(mode), self._seed(options))

    def _seed(self, options: Any) -> int:
        seed = int(getattr(options, _SEED, 0) or 0)
        if not seed:
            seed = 1 + secrets.randbelow(2**31)
            if options is not None and not isinstance(self._environment.runner, WorkerRunner):
                # Its workers are told what stands there, a moment later.
                setattr(options, _SEED, seed)
        return seed
