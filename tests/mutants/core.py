"""The modules that are mutated, each with the tests that exercise it.

Only tests that run in one process and quickly: each mutant meets those that reach its function.
"""

# Whole deliveries to a fake store, but for those that pauses make slow.
_SENDING = (
    "tests/unit/delivery/test_duties.py",
    "tests/unit/delivery/test_delivery.py",
    "tests/unit/delivery/test_lanes.py",
    "-k",
    "not can_be_repaired and not others_left_for_a_missing and not does_not_answer "
    "and not full_bucket and not missing_bucket_keeps and not is_away and not full_spool "
    "and not names_no_line and not late_or_empty and not created_meanwhile "
    "and not 401 and not 403",
)

TOO_SLOW = frozenset({"spool/database", "spool/errors"})
"""Their tests go through disks, sockets, threads and pauses that are real."""

_MERGING = (
    "tests/unit/recording/test_merging.py",
    "tests/unit/recording/test_merging_odd_reports.py",
)

CORE: dict[str, tuple[str, ...]] = {
    "recording/window": ("tests/unit/recording/window",),
    "recording/cells": ("tests/unit/recording/window",),
    "recording/endpoint": ("tests/unit/recording/window/test_names.py",),
    "recording/tally": ("tests/unit/recording/test_tally.py", "tests/unit/recording/window"),
    "recording/histogram": ("tests/unit/recording/test_histogram.py",),
    "recording/statuses": ("tests/unit/recording/test_statuses.py",),
    "recording/failures": (
        "tests/unit/recording/test_failures.py",
        "tests/unit/recording/test_cardinality.py",
    ),
    "recording/user_errors": ("tests/unit/recording/test_user_errors.py",),
    "recording/cardinality": ("tests/unit/recording/test_cardinality.py",),
    "recording/points": ("tests/unit/recording/test_points.py",),
    "recording/merging": _MERGING,
    "recording/watermarks": ("tests/unit/recording/test_watermarks.py",),
    "recording/stretches": ("tests/unit/recording/test_stretches.py",),
    "recording/reading": ("tests/unit/recording/test_reports.py", *_MERGING),
    "recording/reports": ("tests/unit/recording/test_reports.py",),
    "line_protocol": ("tests/unit/test_line_protocol.py",),
    "transport/bounded": ("tests/unit/transport/test_bounded.py",),
    "transport/pools": ("tests/unit/transport/test_pools.py",),
    "transport/causes": ("tests/unit/transport/test_causes.py",),
    "transport/write_api": ("tests/unit/transport/test_write_api.py",),
    "spool/spool": (
        "tests/unit/spool/test_edges.py",
        "tests/unit/spool/test_room.py",
        "tests/unit/spool/test_spool.py",
    ),
    "spool/folder": (
        "tests/unit/spool/test_places.py",
        "tests/unit/spool/test_folder.py",
        "-k",
        "not each_user and not somebody_else",
    ),
    "spool/database": (
        "tests/unit/spool/test_database.py",
        "-k",
        "not forked_child and not killed_process",
    ),
    "spool/errors": ("tests/unit/spool/test_errors.py",),
    "spool/schema": ("tests/unit/spool/test_schema.py",),
    "spool/packing": ("tests/unit/spool/test_packing.py",),
    "own_files": ("tests/unit/own_files",),
    "spool/file": (
        "tests/unit/spool/test_owners.py",
        "tests/unit/spool/test_salvage.py",
    ),
    "spool/inspection": ("tests/unit/spool/test_inspection.py",),
    "agent/session": (
        "tests/unit/agent/test_session_times.py",
        "tests/unit/agent/test_session_end.py",
        "tests/unit/agent/test_session.py",
        "tests/unit/agent/test_raw_requests.py",
    ),
    "agent/books": (
        "tests/unit/agent/test_session_times.py",
        "tests/unit/agent/test_session_end.py",
        "tests/unit/agent/test_session.py",
        "tests/unit/agent/test_raw_requests.py",
    ),
    "agent/clock": ("tests/unit/agent/test_clock.py",),
    "agent/early": ("tests/unit/agent/test_early.py",),
    "agent/front": ("tests/unit/agent/test_front.py",),
    "agent/locust_count": ("tests/unit/agent/test_locust_count.py",),
    "agent/witness": ("tests/unit/agent/test_witness.py",),
    "delivery/accounts": ("tests/unit/delivery/test_settling.py",),
    "delivery/alone": (
        "tests/unit/delivery/test_alone.py",
        "tests/unit/delivery/test_outbox_trouble.py",
    ),
    "delivery/backoff": ("tests/unit/delivery/test_backoff.py",),
    "delivery/delivery": (
        "tests/unit/delivery/test_mishaps.py",
        "tests/unit/delivery/test_watchdog.py::test_a_disk_that_hangs_keeps_no_process_from_ending",
        *_SENDING,
    ),
    "delivery/lane": ("tests/unit/delivery/test_lane_turns.py", *_SENDING),
    "delivery/estate": ("tests/unit/delivery/test_estate.py",),
    "delivery/late": ("tests/unit/delivery/test_late.py",),
    "delivery/leftover": ("tests/unit/delivery/test_leftover.py",),
    "delivery/native": (
        "tests/unit/delivery/test_standstill.py",
        "tests/unit/delivery/test_watchdog.py::test_what_a_native_thread_does_is_known_while_it_does_it",
        "tests/unit/delivery/test_watchdog.py::test_what_fails_on_a_native_thread_fails_for_who_asked",
    ),
    "delivery/adopted": (
        "tests/unit/delivery/test_adopted.py",
        "tests/unit/delivery/test_outbox_turns.py",
        "tests/unit/delivery/test_outbox_trouble.py",
    ),
    "delivery/outbox": (
        "tests/unit/delivery/test_outbox_turns.py",
        "tests/unit/delivery/test_outbox.py",
        "tests/unit/delivery/test_outbox_trouble.py",
        "tests/unit/delivery/test_cut_spools.py",
    ),
    "delivery/outcome": (
        "tests/unit/delivery/test_outcome.py",
        "tests/unit/delivery/test_dropped_requests.py",
        "tests/unit/delivery/test_accounts.py::test_a_store_that_refuses_each_point_fills_no_log",
    ),
    "delivery/source": (
        "tests/unit/delivery/test_source.py",
        "tests/unit/delivery/test_outbox.py",
        "tests/unit/delivery/test_outbox_trouble.py",
    ),
    "delivery/trouble": ("tests/unit/delivery/test_trouble.py",),
    "delivery/watchdog": ("tests/unit/delivery/test_standstill.py",),
    "delivery/writer": (
        "tests/unit/delivery/test_writer.py",
        "tests/unit/delivery/test_writer_ways.py",
    ),
    "runs/accounts": ("tests/unit/runs/test_accounts.py",),
    "runs/audit": (
        "tests/unit/runs/test_audit.py",
        "tests/unit/runs/test_audit_notes.py",
        "tests/unit/runs/test_audit_waiting.py",
    ),
    "runs/audit_notes": ("tests/unit/runs/test_audit_notes.py",),
    "runs/judge": ("tests/unit/runs/test_judge.py",),
    "store/backend": (
        "tests/unit/store/test_backend.py",
        "tests/unit/store/test_backend_windows.py",
    ),
    "embedded/parser": (
        "tests/unit/embedded/test_parser.py",
        "tests/unit/embedded/test_round_trips.py",
    ),
}
