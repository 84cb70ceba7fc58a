"""What waits on disk until the store took it, where it lies, and what is believed of it."""

from swarmscope.spool.spool import (
    IN_MEMORY,
    Batch,
    Kept,
    Load,
    Spool,
    SpoolCorruptError,
    SpoolError,
    told,
)

__all__ = ["IN_MEMORY", "Batch", "Kept", "Load", "Spool", "SpoolCorruptError", "SpoolError", "told"]
