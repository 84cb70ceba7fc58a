"""Each of the `ways` in which requests might pass by whoever records them, tried.

`make faults` plays them all and writes what came of it into docs/reliability.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.faults.ways import WAYS, Way
from tests.fixtures.locusts import Locusts, locusts
from tests.fixtures.stores import Store

from swarmscope.runs.audit import Audit, Verdict, audit_when_settled
from swarmscope.store.question import Question


@dataclass(frozen=True)
class Played:
    """What came of a way."""

    made: int
    failed: int
    stored: int
    stored_failed: int
    audit: Audit
    log: str

    @property
    def equal(self) -> bool:
        """Whether all that was made is stored."""
        return (self.made, self.failed) == (self.stored, self.stored_failed)

    def wrong(self, way: Way) -> str:
        """Return what is not as it must be; nothing if all is."""
        line = self.audit.line()
        if way.logged and way.logged not in self.log:
            return f"it never said {way.logged!r}"
        if way.said:
            complete = self.audit.verdict is Verdict.COMPLETE
            return "" if way.said in line and not complete else f"the audit says: {line}"
        if self.audit.verdict is not Verdict.COMPLETE:
            return f"the audit says: {line}"
        return "" if self.equal or way.logged else f"stored {self.stored} of {self.made}"


def play(way: Way, swarm: Locusts, store: Store, run: str) -> Played:
    """Try *way* in processes of *swarm*, as *run* in *store*."""
    crew = ("--expect-workers", str(way.workers))
    if way.workers:
        leader = swarm.master(*way.options, *crew, files=way.files, env=way.env)
    else:
        leader = swarm.start(*way.options, files=way.files, env=way.env)
    processes = [leader, *(swarm.worker(files=way.files, env=way.env) for _ in range(way.workers))]
    for process in processes:
        swarm.wait(process)
    witnessed = swarm.witnessed().values()
    # Without its marker nobody waits for a minute: what is to come has come.
    found = audit_when_settled(store.reader, run, 0 if way.said else 30)
    rows = store.reader.ask(Question("endpoint_totals", run)).records()
    return Played(
        made=sum(len(seen.times) for seen in witnessed),
        failed=sum(seen.failures for seen in witnessed),
        stored=sum(row["requests"] for row in rows),
        stored_failed=sum(row["failures"] for row in rows),
        audit=found,
        log="".join(map(swarm.log, processes)),
    )


_SECTION = """\
## Ways to fool the audit

Each was tried, on the embedded store, by a locustfile that writes each request down before it
fires it: *made* is what it wrote, *stored* what the store holds afterwards, each with the failures
among them. What is not stored is either missing by the audit's own word, or said in the log of the
process, where the audit can't know of it: a request that neither Locust nor swarmscope hear of.

| way | what was done | made | stored | the audit | the log says |
| --- | --- | --- | --- | --- | --- |
{rows}
"""


def play_all(store: Store, folder: Path) -> Iterator[tuple[Way, Played]]:
    """Try every way, one after the other."""
    for number, way in enumerate(WAYS):
        place = folder / f"way-{number}"
        place.mkdir()
        run = f"way-{number}"
        with locusts(place, {**store.env, "SWARMSCOPE_RUN_ID": run}) as swarm:
            yield way, play(way, swarm, store, run)


def section(played: list[tuple[Way, Played]]) -> str:
    """Return the part of docs/reliability.md that tells of all ways."""
    rows = []
    for way, came in played:
        wrong = came.wrong(way)
        cells = (
            way.name,
            way.done,
            f"{came.made:,} ({came.failed:,} failed)",
            f"{came.stored:,} ({came.stored_failed:,} failed)",
            f"**{wrong}**" if wrong else came.audit.line(),
            f"“… {way.logged} …”" if way.logged else "",
        )
        rows.append(f"| {' | '.join(cells)} |")
    return _SECTION.format(rows="\n".join(rows))
