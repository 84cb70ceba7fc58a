"""The pages of everything that is typed, and of what was decided; `tests.generated` writes them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from swarmscope.cli import COMMANDS, command

_ROOT = Path(__file__).parents[1]


def command_line() -> str:
    """Return each command of the command line with its arguments and options, as Markdown."""
    parts = [
        "# Command line\n",
        "`swarmscope COMMAND --help` says the same in a terminal. What exit codes mean is on\n"
        "[a page of its own](exit-codes.md); a store that isn't named is the one of\n"
        "[INFLUXDB_V2_URL](settings.md).\n",
    ]
    for name in COMMANDS:
        parts += _command(f"swarmscope {name}", command(name))
    return "\n".join(parts)


def _command(called: str, one: Any) -> Iterator[str]:
    if subcommands := getattr(one, "commands", None):
        for name, sub in subcommands.items():
            yield from _command(f"{called} {name}", sub)
        return
    arguments = [p for p in one.params if p.param_type_name == "argument"]
    typed = [called, *(_argument(p) for p in arguments)]
    yield f"## `{' '.join(typed)}`\n"
    yield "\n\n".join(" ".join(part.split()) for part in one.help.split("\n\n")) + "\n"
    rows = [(_argument(p), p) for p in arguments]
    rows += [(", ".join([*p.opts, *p.secondary_opts]), p) for p in one.params if p not in arguments]
    if rows:
        yield "| option | meaning | default |\n|---|---|---|"
        yield (
            "\n".join(f"| `{n}` | {_cell(p.help or '')} | {_default(p)} |" for n, p in rows) + "\n"
        )


def _argument(one: Any) -> str:
    name = one.name.upper() + ("…" if one.nargs == -1 else "")
    return name if one.required else f"[{name}]"


def _default(one: Any) -> str:
    if one.required:
        return "must be given"
    if isinstance(one.show_default, str):
        return _cell(one.show_default)
    if one.default in (None, "", [], ()):
        return "none"
    if isinstance(one.default, bool):
        return "on" if one.default else "off"
    return f"`{one.default}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def make_targets() -> str:
    """Return the Makefile's targets, as `make help` lists them, as Markdown."""
    text = (_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"(?m)^([a-z-]+):.*?## (.+)$", text)
    parts = [
        "# Make targets\n",
        "`make help` lists the same. Values are given behind the target: `make scale WORKERS=8`. "
        "What [.env.example](../.env.example) names, `make up` takes and remembers.\n",
        "| target | what it does, and what it may be given |\n|---|---|",
        "\n".join(f"| `make {name}` | {_cell(told)} |" for name, told in targets) + "\n",
    ]
    return "\n".join(parts)


def decisions() -> str:
    """Return the list of decisions with their titles, as Markdown."""
    pages = sorted((_ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    titles = (path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for path in pages)
    rows = (f"- [{title}]({path.name})" for title, path in zip(titles, pages, strict=True))
    return "\n".join(["# Decisions\n", "What was decided, and why, a page each.\n", *rows]) + "\n"
