"""Log records and single requests of this process, for its own file and for the collector."""

import logging

from swarmscope.agent.outlets import FileOutlet, PushOutlet
from swarmscope.errors import ConfigurationError
from swarmscope.logs.handler import RecordHandler
from swarmscope.logs.stream import Outlet, Stream
from swarmscope.settings import Settings

log = logging.getLogger(__name__)


def open_stream(settings: Settings) -> Stream | None:
    """Return a stream to where *settings* want it, with a handler attached; None: to nowhere."""
    outlets: list[Outlet] = []
    if settings.log_file:
        file = FileOutlet(settings, settings.log_file)
        outlets.append(file)
        log.info("Log lines of this process are kept in %s.", file.path)
    if settings.log_sink:
        try:
            outlets.append(PushOutlet(settings))
        except ConfigurationError as error:
            log.error(  # noqa: TRY400 - its text says all
                "%s No log lines are sent to %s.", error, settings.log_sink
            )
    if not outlets:
        return None
    handler = RecordHandler()
    handler.attach()
    return Stream(settings.host, handler, outlets)
