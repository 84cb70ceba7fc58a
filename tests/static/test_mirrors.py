"""tests/unit mirrors the modules: who opens one finds what is expected of it beside its name."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "locust" / "swarmscope"
UNIT = ROOT / "tests" / "unit"

ELSEWHERE = {
    # What puts others together: only all of it at once, or real processes, tell anything of it.
    "agent/agent": "integration/test_listener.py",
    "agent/auditor": "integration/test_verdicts.py",
    "cli/demo": "integration/test_demo.py",
    "collector/collector": "integration/test_logs.py",
    "demo/leash": "integration/test_demo.py",
    "demo/lifecycle": "integration/test_demo.py",
    "doctor/__init__": "integration/test_doctor.py",
    "doctor/listener": "integration/test_doctor.py",
    "listener": "integration/test_listener.py",
    "agent/live_run": "integration/test_live_verdicts.py",
    "agent/verdicts": "integration/test_live_verdicts.py",
    # What a neighbour consists of, and is asked by nobody else.
    "agent/books": "unit/agent/test_session.py",
    "agent/role": "unit/agent/test_roles.py",
    "cli/_verdict": "integration/test_thresholds.py",
    "cli/_part": "unit/cli/test_compare.py",
    "cli/_plain": "unit/cli/test_cli.py",
    "cli/_share": "unit/cli/test_trend.py",
    "delivery/native": "unit/delivery/test_standstill.py",
    "demo/goods": "unit/demo/test_shop.py",
    "demo/pages": "unit/demo/test_shop.py",
    "demo/parts": "unit/demo/faults/test_effects.py",
    "demo/sales": "unit/demo/test_shop.py",
    "demo/strain": "unit/demo/faults/test_effects.py",
    "demo/traffic": "unit/demo/faults/test_effects.py",
    "duets/kept": "integration/test_duet.py",
    "duets/words": "unit/cli/test_duet.py",
    "embedded/checks": "security/test_store_files.py",
    "embedded/folder": "security/test_store_places.py",
    "embedded/scalars": "unit/embedded/test_parser.py",
    "comparison/markdown": "unit/comparison/test_compared.py",
    "comparison/numbers": "integration/test_comparing.py",
    "comparison/table": "unit/comparison/test_compared.py",
    "gate/beside": "unit/cli/test_compare.py",
    "gate/others": "unit/cli/test_compare.py",
    "gate/course": "unit/gate/test_evaluation.py",
    "gate/metrics": "unit/gate/test_sentences.py",
    "gate/quantities": "unit/gate/test_sentences.py",
    "gate/stretches": "unit/gate/test_evaluation.py",
    "gate/table": "unit/cli/test_check.py",
    "gate/threshold": "unit/gate/test_sentences.py",
    "gate/tokens": "unit/gate/test_sentences.py",
    "recording/cells": "unit/recording/window/test_windows.py",
    "recording/endpoint": "unit/recording/window/test_names.py",
    "recording/reading": "unit/recording/test_merging.py",
    "runs/endpoint_summaries": "unit/cli/test_summarise.py",
    "schema/shape": "integration/test_dictionary.py",
    "schema/surroundings": "integration/test_dictionary.py",
    "server/store_work": "security/test_abandoned_questions.py",
    "spool/file": "unit/spool/test_folder.py",
    "stack/archive_members": "security/test_archives.py",
    "store/client": "unit/store/test_flux_reader.py",
    "store/flux_course": "unit/store/test_flux_reader.py",
    "store/question": "unit/store/test_backend.py",
    "transport/influx": "unit/transport/test_pools.py",
    "trend/found": "unit/cli/test_trend.py",
    "trend/history": "unit/cli/test_trend.py",
    "trend/markdown": "unit/cli/test_trend.py",
    "trend/reading": "unit/cli/test_trend.py",
    "trend/table": "unit/cli/test_trend.py",
}
"""Modules without tests of their own name to where they are tested instead."""


def modules() -> list[str]:
    """Return all modules with anything to be done in them: names and imports need no test."""
    paths = sorted(PACKAGE.rglob("*.py"))
    return [path.relative_to(PACKAGE).with_suffix("").as_posix() for path in paths if _does(path)]


def _does(path: Path) -> bool:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in tree)


def mirrors(module: str) -> list[Path]:
    """Return the tests of *module*: a file, several whose names begin as it does, or a folder."""
    room, _, name = module.rpartition("/")
    name = room.rpartition("/")[2] if name == "__init__" else name.strip("_")
    own = UNIT / room
    return [*own.glob(f"test_{name}.py"), *own.glob(f"test_{name}_*.py"), *own.glob(f"{name}/")]


def test_a_module_has_its_tests_or_it_is_known_where_they_are() -> None:
    assert {module for module in modules() if not mirrors(module)} == ELSEWHERE.keys()


def test_what_is_tested_elsewhere_is_there() -> None:
    missing = {path for path in ELSEWHERE.values() if not (ROOT / "tests" / path).is_file()}
    assert missing == set()
