"""A last word when everything is closed: what must be known of a process that is about to end."""

import logging

from swarmscope.delivery.source import Source
from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.spool import Batch, SpoolError
from swarmscope.transport.write_api import AnswerKind

log = logging.getLogger(__name__)


def send_late(settings: Settings, batch: Batch) -> bool:
    """Put *batch* into a file of its own, and try once to send it; return whether it was taken.

    Blocks.

    What the store doesn't take now is sent by whoever starts next with this folder.
    """
    try:
        source = Source.on_disk(settings)
    except SpoolError as error:
        log.warning("%s What is still to be said is lost unless the store takes it now.", error)
        source = Source.in_memory()
    try:
        source.spool.keep(batch)
        (kept,) = source.spool.oldest(batch.bucket, len(batch.lines))
        writer = Writer(settings)
        try:
            answer = writer.write(batch.bucket, kept.body)
        finally:
            writer.close()
        taken = answer.kind is AnswerKind.TAKEN
        if taken:
            source.spool.forget([kept])
        return taken
    finally:
        source.close()
