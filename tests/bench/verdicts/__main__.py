"""Count how often comparisons of runs are right, and write docs/verdicts.md.

What was measured last of each section is kept in bench/results/verdicts: measured alone, a section
leaves the others on the page as they are.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.bench.machine import ROOT, described, machine
from tests.bench.verdicts import duets, duets_played, held, histories, missing, real, simulation

PAGE = ROOT / "docs" / "verdicts.md"
KEPT = ROOT / "bench" / "results" / "verdicts"
SECTIONS: Mapping[str, tuple[str, ModuleType]] = {
    "simulated": ("Simulated runs", simulation),
    "missed": ("Endpoints that are gone, or nearly so", missing),
    "real": ("Real runs", real),
    "duet": ("Duets", duets),
    "shops": ("Duets of real shops", duets_played),
    "trend": ("Trends", histories),
}
"""Name to title, and the module that measures it: `measure`, `missed`, `about` and `told`."""
_WORDS = Path(__file__).with_name("page.md")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make verdicts", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="ONLY", help=f"of {', '.join(SECTIONS)}")
    parser.add_argument("--doc", action="store_true", help="only write the page anew")
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - SECTIONS.keys()):
        parser.error(f"no section {', '.join(unknown)}: there are {', '.join(SECTIONS)}")
    return given


def _measured(name: str) -> dict[str, Any]:
    print(f"{name} …", flush=True)  # noqa: T201 - progress is for the terminal
    begin = time.perf_counter()
    about = machine()
    figures = SECTIONS[name][1].measure()
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": version("swarmscope"),
        "machine": about,
        "took_s": round(time.perf_counter() - begin),
        "figures": figures,
    }


def page(kept: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the page, with a section for each that was ever measured."""
    lines = [_WORDS.read_text(encoding="utf-8"), held.told()]
    for name, (title, module) in SECTIONS.items():
        if name in kept:
            lines += [f"## {title}\n", f"{module.about()}\n", *_section(name, module, kept[name])]
    return "\n".join(lines)


def _section(name: str, module: ModuleType, one: Mapping[str, Any]) -> Iterator[str]:
    yield from module.told(one["figures"])
    yield (
        f"\n`make verdicts ONLY={name}`, {one['at'][:10]}, swarmscope {one['version']}, "
        f"{one['took_s'] / 60:.0f} min on {described(one['machine'])}.\n"
    )


def main(names: list[str], *, only_write: bool) -> int:
    """Measure, and write; return 1 where a claim isn't kept."""
    code = 0
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in [] if only_write else names or list(SECTIONS):
        found = _measured(name)
        (KEPT / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        for claim in SECTIONS[name][1].missed(found["figures"]):
            print(f"  not kept: {claim}")  # noqa: T201
            code = 1
    kept = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in KEPT.glob("*.json")}
    PAGE.write_text(page(kept), encoding="utf-8")
    print(f"Written to {PAGE.relative_to(ROOT)}.")  # noqa: T201
    return code


if __name__ == "__main__":
    asked = _arguments()
    sys.exit(main(asked.names, only_write=asked.doc))
