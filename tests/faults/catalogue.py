"""Every fault that must be survived: what is done, and what may be missing afterwards."""

from tests.faults.fault import Fault
from tests.faults.masters import (
    replayed_after_the_audit,
    reports_lost,
    store_away_at_the_end,
    taken_over,
)
from tests.faults.plays import (
    OF_SOME,
    burst,
    clock_stepped,
    disk_full,
    master_killed,
    network,
    no_names,
    poisoned,
    refuse,
    refused_from_the_start,
    same_name_twice,
    spool_corrupted,
    spool_cut_off,
    store_killed,
    ten_runs,
    undisturbed,
    worker_killed,
    worker_of_many_killed,
    worker_terminated,
)

from swarmscope.runs.audit import Verdict

UNDISTURBED = Fault("undisturbed", "nothing", undisturbed)

NETWORK = (
    Fault(
        "store refuses from the start",
        "no listener at the store's port",
        refused_from_the_start,
        before=refuse,
    ),
    Fault("store goes away", "its port refuses, open connections are reset", network("refuse")),
    Fault("store is slow", "5 s for each answer", network("slow"), short=4),
    Fault("store answers 429", "with Retry-After", network("429")),
    Fault("store answers 429 to one of many", "of sixty workers", network("429", OF_SOME), short=6),
    Fault(
        "store goes away from one of many", "of sixty workers", network("refuse", OF_SOME), short=6
    ),
    Fault("store answers 503", "to each write", network("503")),
    Fault("store answers 500", "to each write", network("500")),
    Fault("token is revoked", "401 to each write, then restored", network("401")),
    Fault("responses are cut off", "stored, then half an answer", network("half")),
    Fault("connections are reset", "in the middle of each request", network("reset")),
    Fault("names do not resolve", "the store's name, from the start", no_names),
)
STORES = (
    Fault(
        "store is killed", "SIGKILL, started again later", store_killed, kills_store=True, long=60
    ),
    Fault("one poisoned line", "in a batch of 5,000", poisoned, short=1),
    Fault(
        "store's clock is wrong",
        "a day behind: all points lie in its future",
        undisturbed,
        store_clock_s=-86_400,
    ),
    Fault("disk is full", "for the spool, while the store is away", disk_full, short=4),
    Fault(
        "spool is corrupted",
        "overwritten while the store is away",
        spool_corrupted,
        short=4,
    ),
    Fault(
        "spool is cut off",
        "each of its files in turn, then removed, while the store is away",
        spool_cut_off,
        short=4,
    ),
)
PROCESSES = (
    Fault(
        "worker is killed", "SIGKILL", worker_killed, verdict=Verdict.INCOMPLETE, short=1, long=10
    ),
    Fault(
        "worker of many is killed",
        "SIGKILL, while several seconds wait to be sent",
        worker_of_many_killed,
        verdict=Verdict.INCOMPLETE,
        short=6,
        long=20,
    ),
    Fault("worker is terminated", "SIGTERM", worker_terminated, short=1, long=10),
    Fault(
        "master is killed",
        "SIGKILL, started again; Locust ends the workers",
        master_killed,
        short=2,
        long=20,
    ),
    Fault(
        "worker's clock is stepped", "an hour ahead, then two back", clock_stepped, short=2, long=30
    ),
    Fault("a burst", "200,000 requests at once", burst, short=6, long=20),
    Fault("ten runs in a row", "of one process", ten_runs, short=8, long=40),
    Fault(
        *("two runs of one name", "at once", same_name_twice),
        verdict=Verdict.INCOMPLETE,
        short=2,
        long=20,
    ),
)
MASTERS = (
    Fault(
        "reports are lost",
        "each tenth of one worker's to its master, while another's points wait",
        reports_lost("10"),
        on_boards=True,
        short=6,
    ),
    Fault(
        "last report is lost",
        "of one worker to its master, while another's points wait",
        reports_lost("last"),
        on_boards=True,
        long=10,
    ),
    Fault(
        "store is away at the end",
        "503 to each write until all processes have ended",
        store_away_at_the_end,
        on_boards=True,
        long=10,
    ),
    Fault(
        "points come after the audit",
        "of a worker that was killed while its store was away",
        replayed_after_the_audit,
        on_boards=True,
        verdict=Verdict.INCOMPLETE,
        long=10,
    ),
    Fault(
        "another master takes the run",
        "SIGKILL, another one and its workers with the same id",
        taken_over,
        on_boards=True,
        verdict=Verdict.INCOMPLETE,
        short=6,
        long=10,
    ),
)
ALL = (*NETWORK, *STORES, *PROCESSES, *MASTERS)
