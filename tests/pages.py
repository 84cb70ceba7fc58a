"""What the documentation as pages is made of, and where its links lead (`make docs-site`)."""

import re
import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath
from posixpath import normpath

ROOT = Path(__file__).parents[1]
PLACES = (
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    ".env.example",
    "docs",
    "locust/locustfiles",
    "dashboards/README.md",
    "grafana/README.md",
    "telegraf/README.md",
    "gateway/README.md",
)
"""They keep their places to one another, so that a link holds in the repository and on the site."""
_CODE = re.compile(r"(?ms)^```.*?^```$|^(?: {4}|\t).*$|`[^`]+`|<!--.*?-->")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"(?m)^#+ (.+)$")


def files() -> list[str]:
    """Return all files of the site, pages and what they lead to, relative to the repository."""
    found = (path for place in PLACES for path in [ROOT / place, *(ROOT / place).rglob("*")])
    kept = (path for path in found if path.is_file() and "__pycache__" not in path.parts)
    return sorted(path.relative_to(ROOT).as_posix() for path in kept)


def texts() -> dict[str, str]:
    """Return all pages with their texts."""
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in files() if _page(name)}


def gather(folder: Path) -> None:
    """Make *folder* anew with a copy of the files."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)


def links(page: str, text: str) -> Iterator[tuple[str, str]]:
    """Return where *page* leads to within the repository: a file each, and an anchor or nothing."""
    for link in _LINK.findall(_CODE.sub("", text)):
        if "://" not in link:
            file, _, anchor = link.partition("#")
            folder = PurePosixPath(page).parent
            yield normpath((folder / file).as_posix()) if file else page, anchor


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, which are made of letters, digits and dashes."""
    headings = _HEADING.findall(re.sub(r"(?ms)^```.*?^```$", "", text))
    bare = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"[\s-]+", "-", heading) for heading in bare}


def broken(pages: Mapping[str, str], there: Collection[str]) -> list[str]:
    """Return the links of *pages* that lead nowhere: to no file of *there*, or to no heading."""
    return [
        f"{page}: {file}{anchor and '#'}{anchor}"
        for page, text in pages.items()
        for file, anchor in links(page, text)
        if file not in there or (anchor and anchor not in anchors(pages.get(file, "")))
    ]


def unreachable(pages: Mapping[str, str], nav: Collection[str]) -> set[str]:
    """Return the pages that neither *nav* has nor any page leads to that is reached from it."""
    reached: set[str] = set()
    ahead = list(nav)
    while ahead:
        page = ahead.pop()
        if page in pages and page not in reached:
            reached.add(page)
            ahead += [file for file, _ in links(page, pages[page])]
    return set(pages) - reached


def _page(name: str) -> bool:
    return name.endswith(".md")


if __name__ == "__main__":
    gather(ROOT / "build" / "pages")
