"""Measure a server that stands still with both models, and write docs/open-model.md.

The page's words are its own, in `page.md`; figures and picture come from here.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.freeze import drawing, expected, proof
from tests.bench.freeze.proof import Measured
from tests.bench.freeze.server import FREEZE_S, SERVICE_S
from tests.bench.machine import ROOT, described, machine, product_commit

PAGE = ROOT / "docs" / "open-model.md"
PICTURE = ROOT / "docs" / "images" / "open-model.svg"
_WITHIN = 0.05
_WORDS = Path(__file__).with_name("page.md")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - progress is for the terminal


def _measured() -> dict[str, Measured]:
    found: dict[str, Measured] = {}
    for model in proof.MODELS:
        print(f"The {model} model, half a minute …", file=sys.stderr)  # noqa: T201
        with TemporaryDirectory(prefix="freeze-") as folder:
            found[model] = proof.measure(model, Path(folder))
    return found


def main() -> int:
    """Measure, and write; return 1 where the open model isn't within 5 % of what is expected.

    With --figures they are printed, and nothing is written.
    """
    about = machine()
    found = _measured()
    if sys.argv[1:] == ["--figures"]:
        _say(json.dumps({model: asdict(one) for model, one in found.items()}))
        return 0
    PICTURE.write_text(_picture(found), encoding="utf-8")
    text = _WORDS.read_text(encoding="utf-8").format(
        table=_table(found),
        service_ms=round(1_000 * SERVICE_S),
        freeze_s=round(FREEZE_S),
        machine=described(about),
        load=about["load_average_at_start"],
        commit=product_commit(),
        **{
            f"{model}_{name}": value for model, one in found.items() for name, value in _counts(one)
        },
    )
    PAGE.write_text(text, encoding="utf-8")
    worst = max(_off(found["open"], name) for name in expected.QUANTILES)
    _say(f"Written to {PAGE.relative_to(ROOT)}. Farthest from what is expected: {worst:.1%}.")
    return int(worst > _WITHIN)


def _counts(one: Measured) -> list[tuple[str, str]]:
    wanted = ("requests", "due", "dropped")
    counts = [(name, f"{value:,}") for name, value in asdict(one).items() if name in wanted]
    return [*counts, ("seconds", f"{one.seconds:.1f}")]


def _off(one: Measured, name: str) -> float:
    return abs(one.intended[name] / one.expected[name] - 1)


def _table(found: dict[str, Measured]) -> str:
    opened, closed = found["open"], found["closed"]
    lines = [
        "| | expected | `arrival_rate`, from the intended start | off by | service time | "
        "`constant_throughput`, service time |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in expected.QUANTILES:
        figures = (opened.expected, opened.intended, opened.service, closed.service)
        wanted, intended, service, waiting = (f"{one[name]:,.0f} ms" for one in figures)
        off = f"{_off(opened, name):.1%}"
        lines.append(f"| {name} | {wanted} | {intended} | {off} | {service} | {waiting} |")
    return "\n".join(lines)


def _picture(found: dict[str, Measured]) -> str:
    curves = [
        ("expected, by arithmetic", found["open"].curves["expected"]),
        ("arrival_rate: requests come whatever the answers do", found["open"].curves["intended"]),
        ("constant_throughput: users wait for answers", found["closed"].curves["service"]),
    ]
    return drawing.svg(curves, 1_000 * (FREEZE_S + SERVICE_S) + 400)


if __name__ == "__main__":
    sys.exit(main())
