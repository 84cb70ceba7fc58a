"""A last word when everything is closed: what must be known of a process that is about to end."""

import logging

from swarmscope.delivery.source import Source
from swarmscope.delivery.writer import Writer
from swarmscope.settings import Settings
from swarmscope.spool import Batch, SpoolError
from swarmscope.transport.write_api import AnswerKind

log = logging.getLogger(__name__)


class LastWord:
    """A batch that comes when everything is closed."""

    def __init__(self, settings: Settings, batch: Batch) -> None:
        self._settings = settings
        self._batch = batch
        self.kept = False
        """Whether it is on disk: what the store doesn't take whoever starts next sends."""

    def send(self) -> bool:
        """Put it into a file of its own, and try once to send it; return whether it was taken.

        Blocks.
        """
        source = self._source()
        try:
            (kept,) = source.spool.oldest(self._batch.bucket, len(self._batch.lines))
            writer = Writer(self._settings)
            try:
                answer = writer.write(self._batch.bucket, kept.body)
            finally:
                writer.close()
            taken = answer.kind is AnswerKind.TAKEN
            if taken:
                source.spool.forget([kept])
            return taken
        finally:
            source.close()

    def _source(self) -> Source:
        try:
            return self._on_disk()
        except SpoolError as error:
            log.warning("%s What is still to be said is lost unless the store takes it now.", error)
        source = Source.in_memory()
        source.spool.keep(self._batch)
        return source

    def _on_disk(self) -> Source:
        source = Source.on_disk(self._settings)
        try:
            source.spool.keep(self._batch)
        except SpoolError:
            source.discard()
            raise
        self.kept = True
        return source
