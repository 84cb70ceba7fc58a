"""What is run: the parts of docs/compatibility.md, and whatever else somebody names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.examples import documentation
from tests.examples.catalogue import WAYS, way_of
from tests.examples.public import LOCUST, PLUGINS, PUBLIC
from tests.examples.way import PART, Way
from tests.fixtures.locusts import ROOT, STEADY

DOCUMENTATION = "Locust's documentation"
EXAMPLES = "Locust's examples"
PLUGINS_EXAMPLES = "Those of locust-plugins"
OTHERS = "Of other people"
OURS = "Our own to copy from"
REPORTED = "What people reported"
PARTS = (DOCUMENTATION, EXAMPLES, PLUGINS_EXAMPLES, OTHERS, OURS, REPORTED)
_SCENARIOS = ROOT / "locust" / "locustfiles"
_REPORTED = Path(__file__).parent / "reported"


@dataclass(frozen=True)
class Sample:
    """One locustfile; *part* is empty where it is none of the document's."""

    part: str
    name: str
    file: Path
    way: Way


def of_document(clones: Path, scratch: Path) -> Iterator[Sample]:
    """Yield what the document tells of, as far as *clones* has it as OWNER/NAME."""
    locust = clones / LOCUST.name
    for block, file in documentation.written(locust / "docs", scratch / "documentation"):
        web = "web_ui" in block.text
        way = Way(web=web) if block.has_users else Way(web=web, also=(STEADY,))
        yield Sample(DOCUMENTATION, f"{block.page}, line {block.line}", file, way)
    yield from _found(EXAMPLES, locust / "examples")
    yield from _found(PLUGINS_EXAMPLES, clones / PLUGINS.name / "examples")
    for repository in PUBLIC:
        for path, way in repository.files.items():
            file = clones / repository.name / path
            if file.is_file():
                yield Sample(OTHERS, f"{repository.name}/{path}", file, way)
    yield from _found(OURS, _SCENARIOS)
    yield from _found(REPORTED, _REPORTED)


def given(places: Sequence[Path]) -> Iterator[Sample]:
    """Yield each Python file in *places* that has to do with Locust."""
    for place in places:
        yield from _found("", place) if place.is_dir() else [_sample("", place.parent, place)]


def needs(*, in_the_image: bool = False) -> list[str]:
    """Return all that some of the document's import besides Locust and swarmscope."""
    ways = (*WAYS.values(), *(way for one in PUBLIC for way in one.files.values()))
    played = (way for way in ways if not (in_the_image and way.not_in_the_image()))
    return sorted({need for way in played for need in way.needs})


def missing(clones: Path) -> list[str]:
    """Return the repositories of the document that *clones* doesn't have."""
    return [r.name for r in (LOCUST, PLUGINS, *PUBLIC) if not (clones / r.name).is_dir()]


def distributed(sample: Sample, workers: int) -> Sample:
    """Return *sample*, to be run by so many workers if any."""
    if sample.way.program or not workers:
        return sample
    users = max(sample.way.users, 2 * workers)
    return replace(sample, way=replace(sample.way, workers=workers, users=users))


def _found(part: str, folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.rglob("*.py")):
        if way_of(path) is not PART and "locust" in path.read_text(errors="replace"):
            yield _sample(part, folder, path)


def _sample(part: str, folder: Path, path: Path) -> Sample:
    return Sample(part, str(path.relative_to(folder)), path, way_of(path))
