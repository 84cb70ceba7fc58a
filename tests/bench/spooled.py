"""A worker's books whose batches go to a spool, and no further."""

from tempfile import gettempdir

from swarmscope.agent.identity import Identity
from swarmscope.settings import Settings
from swarmscope.spool import Batch, Spool
from tests.fixtures.fake_delivery import Kept

IDENTITY = Identity("20261121-120000-abcd", "bench", "worker-0")


class Spooled(Kept):
    """Delivery that puts everything into *spool*, compressed as it is sent.

    It is forgotten there at once if it is *taken*.
    """

    def __init__(self, spool: Spool, *, taken: bool = False) -> None:
        super().__init__()
        self._spool = spool
        self._taken = taken

    def keep(self, batch: Batch) -> None:
        """Put *batch* on disk, and account for it as taken."""
        account = self.account(batch.run)
        account.requests_seen += batch.requests
        account.taken(batch.requests, len(batch.lines))
        self._spool.keep(batch)
        if self._taken:
            self._spool.forget(self._spool.oldest(batch.bucket, 5_000))


def settings(**env: str) -> Settings:
    """Return the settings of a worker whose environment is *env*."""
    return Settings.from_env({"SWARMSCOPE_SPOOL_DIR": gettempdir(), **env})
