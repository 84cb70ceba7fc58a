"""``swarmscope audit``: whether every request of a run is in the store.

Exit codes: 0 complete, 2 wrong usage, 3 no such run, or one without a request, 4 the store can't be
reached, 5 data is missing, or still on its way.
"""

import json

import typer

from swarmscope.cli._store import Data, Json, Run, Url, Wait, keep, kept_store, settled
from swarmscope.runs.accounts import WorkerAccount
from swarmscope.runs.audit import MOST_LISTED, Audit, Verdict
from swarmscope.terminal import one_line

REMEDIES = {
    Verdict.PENDING: "Data waits in the spools of the workers: it is sent when one of them runs "
    "again. `swarmscope doctor` shows what lies there.",
    Verdict.INCOMPLETE: "Numbers of this run are too low by what is missing, or of several runs "
    "together: a verdict on it is inconclusive.",
    Verdict.NO_DATA: "Its tasks sent no request, none by what Locust counts, or none that was "
    "answered before the test ended (a wrong address, a firewall); the log of Locust may say more.",
}


def audit(
    run: Run = None,
    url: Url = None,
    data: Data = None,
    wait: Wait = 60.0,
    as_json: Json = False,
) -> None:
    """Reconcile what the workers saw with what is stored; exits with 0 when it is complete.

    What it finds is kept in the store, where Grafana's boards read it.
    """
    with kept_store(url, data) as keeper:
        found = settled(keeper.reader, run, wait)
        keep(keeper, found)
    typer.echo(
        json.dumps(found.to_json(), indent=2, ensure_ascii=False) if as_json else _text(found)
    )
    raise typer.Exit(found.verdict.exit_code)


def _text(found: Audit) -> str:
    lines = [found.sentence()]
    if found.verdict in REMEDIES and not found.running:
        lines.append(REMEDIES[found.verdict])
    lines += map(_account, found.accounts[:MOST_LISTED])
    if found.more_workers:
        lines.append(f"  and {found.more_workers:,} more")
    lines += found.notes()
    return "\n".join(lines)


def _account(account: WorkerAccount) -> str:
    return (
        f"  {one_line(account.worker):<12} seen {account.seen:,} = delivered {account.delivered:,} "
        f"+ rejected {account.rejected:,} + lost {account.lost:,} "
        f"+ pending {account.pending:,}; stored {account.stored:,}, totals {account.totals:,}"
        + ("" if account.final else "; no final marker")
    )
