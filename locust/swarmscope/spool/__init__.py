"""What waits on disk until the store took it, where it lies, and what is believed of it."""

from swarmscope.spool.database import IN_MEMORY
from swarmscope.spool.errors import SpoolCorruptError, SpoolError, told
from swarmscope.spool.spool import Batch, Kept, Load, Spool

__all__ = ["IN_MEMORY", "Batch", "Kept", "Load", "Spool", "SpoolCorruptError", "SpoolError", "told"]
