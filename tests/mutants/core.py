"""The modules that are mutated, each with the tests that exercise it.

Only tests that run in one process and quickly: each mutant meets those that reach its function.
"""

CORE: dict[str, tuple[str, ...]] = {
    "window": ("tests/unit/test_window.py",),
    "tally": ("tests/unit/test_tally.py", "tests/unit/test_window.py"),
    "histogram": ("tests/unit/test_histogram.py",),
    "points": ("tests/unit/test_points.py",),
    "spool": ("tests/unit/test_spool_edges.py", "tests/unit/test_spool.py"),
    "spool_file": ("tests/unit/test_spool_owners.py", "tests/unit/test_spool.py"),
    "agent/session": (
        "tests/unit/agent/test_session_times.py",
        "tests/unit/agent/test_session_end.py",
        "tests/unit/agent/test_session.py",
        "tests/unit/agent/test_raw_requests.py",
    ),
    "agent/front": ("tests/unit/agent/test_front.py",),
    "agent/witness": ("tests/unit/agent/test_witness.py",),
    "delivery/accounts": ("tests/unit/delivery/test_settling.py",),
    "delivery/answers": ("tests/unit/delivery/test_answers.py",),
    "delivery/backoff": ("tests/unit/delivery/test_backoff.py",),
    "delivery/delivery": (
        "tests/unit/delivery/test_delivery.py",
        "tests/unit/delivery/test_lanes.py",
        "tests/unit/delivery/test_accounts.py",
    ),
    "delivery/lane": (
        "tests/unit/delivery/test_delivery.py",
        "tests/unit/delivery/test_lanes.py",
    ),
    "delivery/leftover": ("tests/unit/delivery/test_leftover.py",),
    "delivery/native": ("tests/unit/delivery/test_watchdog.py",),
    "delivery/outbox": (
        "tests/unit/delivery/test_outbox.py",
        "tests/unit/delivery/test_outbox_trouble.py",
    ),
    "delivery/outcome": (
        "tests/unit/delivery/test_outcome.py",
        "tests/unit/delivery/test_accounts.py::test_a_store_that_refuses_each_point_fills_no_log",
    ),
    "delivery/source": (
        "tests/unit/delivery/test_outbox.py",
        "tests/unit/delivery/test_outbox_trouble.py",
    ),
    "delivery/trouble": ("tests/unit/delivery/test_trouble.py",),
    "delivery/watchdog": ("tests/unit/delivery/test_watchdog.py",),
    "delivery/writer": ("tests/unit/delivery/test_writer.py",),
    "runs/accounts": ("tests/unit/runs/test_accounts.py",),
    "runs/audit": ("tests/unit/runs/test_audit.py",),
    "runs/judge": ("tests/unit/runs/test_judge.py",),
    "store/parser": ("tests/unit/store/test_parser.py",),
}
