"""Under which conditions a run was made, as its start tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from swarmscope.errors import NoDataError
from swarmscope.store.backend import EVER
from swarmscope.store.question import Question, Reader

_FAILED = "failed"
"""How a kept verdict begins that lets no run pass."""


@dataclass(frozen=True)
class Conditions:
    """What is known of *run* from its *start*, ms since 1970; "" for what it doesn't tell."""

    run: str
    test: str
    start: int
    commit: str
    environment: str
    machine: str
    locustfile: str
    locustfile_hash: str
    target: str
    verdict: str
    """What its thresholds came to, if they were judged."""

    @property
    def spoiled(self) -> str:
        """Why others would pass beside it too easily: it failed; or "".

        That nobody could tell is no reason: where the baseline was too small for a threshold it
        would stay so. What else is doubtful of a run its audit says.
        """
        failed = self.verdict.startswith(_FAILED)
        return f"its thresholds came to: {self.verdict}" if failed else ""


def all_conditions(reader: Reader) -> dict[str, Conditions]:
    """Return those of every run whose start the store has, the newest first.

    Raises:
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    start, stop = EVER
    rows = reader.ask(Question("run_conditions", start=start, stop=stop)).records()
    names = [field.name for field in fields(Conditions)]
    return {row["run"]: _read(row, names) for row in rows}


def _read(row: Mapping[str, Any], names: Sequence[str]) -> Conditions:
    told: dict[str, Any] = {name: row[name] or "" for name in names}
    return Conditions(**told)


def known(every: Mapping[str, Conditions], run: str) -> Conditions:
    """Return those of *run*.

    Raises:
        NoDataError: the store has no start of such a run.

    """
    try:
        return every[run]
    except KeyError:
        raise NoDataError(
            f"The store has no start of a run {run}.",
            data="Nothing was compared.",
            remedy="`swarmscope runs` lists those that it has.",
        ) from None
