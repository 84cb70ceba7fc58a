"""The locustfiles that Locust's documentation prints, each made a file again."""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"(?P<indent> *)\.\. code(?:-block)?:: *python\s*$")
_OPTION = re.compile(r" *:[\w-]+:")
_LISTENS = re.compile(r"^@events\.", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of Python in a page, whose directive is in *line*."""

    page: str
    line: int
    text: str

    @property
    def tree(self) -> ast.Module | None:
        """What it says, or None where that isn't all of a file."""
        try:
            return ast.parse(self.text)
        except SyntaxError:
            return None

    @property
    def has_users(self) -> bool:
        """Whether it is a locustfile by itself: it imports Locust, and has a class of users."""
        return self._imports_locust() and any(
            isinstance(node, ast.ClassDef) and any("User" in ast.unparse(b) for b in node.bases)
            for node in (self.tree.body if self.tree else ())
        )

    @property
    def listens_only(self) -> bool:
        """Whether it is what a locustfile has besides users: listeners, with their imports."""
        return not self.has_users and self._imports_locust() and bool(_LISTENS.search(self.text))

    def _imports_locust(self) -> bool:
        body = self.tree.body if self.tree else ()
        modules = [node.module or "" for node in body if isinstance(node, ast.ImportFrom)]
        modules += [a.name for node in body if isinstance(node, ast.Import) for a in node.names]
        return any(module.partition(".")[0] == "locust" for module in modules)


def blocks(page: Path) -> Iterator[Block]:
    """Yield each block of Python in *page*, which is in reStructuredText."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        if found := _BLOCK.match(line):
            indent = len(found["indent"])
            inside = []
            for text in lines[number + 1 :]:
                if text.strip() and len(text) - len(text.lstrip()) <= indent:
                    break
                inside.append(text)
            while inside and (not inside[0].strip() or _OPTION.match(inside[0])):
                inside.pop(0)
            yield Block(page.name, number + 1, textwrap.dedent("\n".join(inside)).strip() + "\n")


def written(folder: Path, into: Path) -> list[tuple[Block, Path]]:
    """Write each locustfile of *folder*'s pages into a folder of its own.

    Not those of the list of changes, which are of many versions.
    """
    made = []
    for page in sorted(folder.glob("*.rst")):
        for block in blocks(page) if page.stem != "changelog" else ():
            if block.has_users or block.listens_only:
                file = into / f"{page.stem}_{block.line}" / "locustfile.py"
                file.parent.mkdir(parents=True)
                file.write_text(block.text, encoding="utf-8")
                made.append((block, file))
    return made
