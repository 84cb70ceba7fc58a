"""Some rows of docs/reliability.md, played anew: the others stay as they were measured."""

import re
from collections.abc import Iterable, Mapping, Sequence

_SINCE = "Played by themselves since:"
_LINE = re.compile(r"^- (\*.+\*, \w+): (.+)$")
_BROKEN = re.compile(r"\n\*\*\d+ rows are not as they must be\.\*\*\n")


def told(broken: int) -> str:
    """Return what stands below the table where rows are *broken*."""
    return f"\n**{broken} rows are not as they must be.**\n" if broken else ""


def renewed(page: str, rows: Sequence[Sequence[str]], when: str) -> str:
    """Return *page* with these *rows* in the place of those of the same fault, store and length.

    *when* says of them what the page says of all: the day, and on which machine.

    Raises:
        ValueError: the page has no such row.

    """
    lines = page.split("\n")
    for row in rows:
        lines[_place(lines, row)] = f"| {' | '.join(row)} |"
    since = _since(lines) | {f"*{name}*, {store}": when for name, _, store, *_ in rows}
    lines = [one for one in lines if one != _SINCE and not _LINE.match(one)]
    head = next(i for i, one in enumerate(lines) if one.startswith("| fault |"))
    while not lines[head - 1]:
        del lines[head - 1]
        head -= 1
    lines[head:head] = ["", _SINCE, "", *(f"- {of}: {said}" for of, said in since.items()), ""]
    return _judged(lines)


def _place(lines: Sequence[str], row: Sequence[str]) -> int:
    begin = f"| {' | '.join(row[:4])} |"
    for number, line in enumerate(lines):
        if line.startswith(begin):
            return number
    raise ValueError(f"docs/reliability.md has no row of {row[0]}, {row[2]}, {row[3]}: play all.")


def _since(lines: Iterable[str]) -> Mapping[str, str]:
    return {found[1]: found[2] for one in lines if (found := _LINE.match(one))}


def _judged(lines: Sequence[str]) -> str:
    """Return the page with as many broken rows below its table as there are in it."""
    table = [i for i, one in enumerate(lines) if one.startswith("| ")]
    first = next(i for i in table if lines[i].startswith("| fault |"))
    last = next(i for i in range(first, len(lines)) if i + 1 not in table)
    broken = sum(one.rstrip(" |").endswith("**") for one in lines[first : last + 1])
    rest = _BROKEN.sub("", "\n".join(lines[last + 1 :]), count=1)
    return "\n".join(lines[: last + 1]) + "\n" + told(broken) + rest
